import {
  type Convention,
  channelSlot,
  type Dims,
  depthwiseSlot,
  type KernelSize,
  kernelSlot,
  type Step,
  type Value,
  type WeightSlot,
} from './builder-layer.js'
import { type Padding, type Sides, sides, slide, windowAttributes, windowOver } from './builder-window.js'
import { node } from './graph.js'

export interface DepthwiseOptions {
  readonly kernel: Sides
  /** Default 1. */
  readonly strides?: Sides
  /** Default: valid. */
  readonly padding?: Padding
  /** Steps between the kernel's rows and columns. Default 1. */
  readonly dilations?: Sides
  /** Default true. */
  readonly bias?: boolean
  /** Output channels for each input channel. Default 1. */
  readonly multiplier?: number
}

export interface SeparableOptions extends DepthwiseOptions {
  readonly filters: number
}

export interface ConvOptions extends Omit<SeparableOptions, 'multiplier'> {
  /** Default 1. */
  readonly groups?: number
}

export function convStep(convention: Convention, name: string, x: Value, options: ConvOptions): Step {
  const { kernel, filters, groups = 1 } = options
  const size = kernelSize(kernel, x.dims[0] / groups, filters)
  return convolve(name, x, options, { size, groups, slot: kernelSlot(convention, `${name}/kernel`, size) })
}

export function depthwiseStep(convention: Convention, name: string, x: Value, options: DepthwiseOptions): Step {
  const [channels] = x.dims
  const size = kernelSize(options.kernel, 1, channels * (options.multiplier ?? 1))
  const slot = depthwiseSlot(convention, `${name}/depthwise_kernel`, size, channels)
  return convolve(name, x, options, { size, groups: channels, slot })
}

/** A depthwise convolution and a 1 × 1 one behind it; `bias` and `filters` are the second one's. */
export function separableStep(convention: Convention, name: string, x: Value, { filters, bias = true, ...rest }: SeparableOptions): Step {
  const wide = depthwiseStep(convention, `${name}:depthwise`, x, { ...rest, bias: false })
  const middle: Value = { name: `${name}:depthwise`, dims: wide.dims }
  const point = convStep(convention, name, middle, { kernel: 1, filters, bias })
  const renamed = (slots: readonly WeightSlot[] = [], to: string) => slots.map((slot, at) => (at === 0 ? { ...slot, name: to } : slot))
  return {
    inputs: [x],
    nodes: [...wide.nodes, ...point.nodes],
    dims: point.dims,
    weights: [...renamed(wide.weights, 'depthwise_kernel'), ...renamed(point.weights, 'pointwise_kernel')],
    multiplyAdds: (wide.multiplyAdds ?? 0) + (point.multiplyAdds ?? 0),
  }
}

interface Kernel {
  readonly size: KernelSize
  readonly groups: number
  readonly slot: WeightSlot
}

/** One Conv node. */
function convolve(name: string, x: Value, options: DepthwiseOptions, { size, groups, slot }: Kernel): Step {
  const { kernel, strides = 1, padding = 'valid', dilations = 1, bias = true } = options
  const [, height, width] = x.dims
  const window = windowOver([height, width], { kernel, strides, padding, dilations })
  const dims: Dims = [size.outputs, ...slide(name, [height, width], window)]
  const weights = bias ? [slot, channelSlot('bias', `${name}/bias`, size.outputs)] : [slot]
  const inputs = [x.name, ...weights.map(({ tensor }) => tensor)]
  const attributes = { ...windowAttributes(window), group: { kind: 'int', value: groups } } as const
  const multiplyAdds = dims[0] * dims[1] * dims[2] * size.inputs * size.height * size.width
  return { inputs: [x], nodes: [node('Conv', name, inputs, attributes)], dims, weights, multiplyAdds }
}

function kernelSize(kernel: Sides, inputs: number, outputs: number): KernelSize {
  const [height, width] = sides(kernel)
  return { height, width, inputs, outputs }
}
