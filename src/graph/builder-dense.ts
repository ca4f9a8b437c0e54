import { type AnyValue, channelSlot, type Step, type WeightSlot } from './builder-layer.js'
import { node } from './graph.js'

export interface DenseOptions {
  readonly units: number
  /** Default true. */
  readonly bias?: boolean
}

/** x · kernel + bias along the channels: one product for rows of numbers, a 1 × 1 convolution for maps. */
export function denseStep(name: string, x: AnyValue, { units, bias = true }: DenseOptions): Step<readonly number[]> {
  const isMap = x.dims.length === 3
  const channels = (isMap ? x.dims[0] : x.dims.at(-1)) ?? 1
  const kernel: WeightSlot = {
    ...{ name: 'kernel', shape: [channels, units], tensor: `${name}/kernel` },
    ...(isMap ? ({ dims: [units, channels, 1, 1], layout: 'hwio' } as const) : ({ dims: [channels, units], layout: 'plain' } as const)),
  }
  const weights = bias ? [kernel, channelSlot('bias', `${name}/bias`, units)] : [kernel]
  const dims = isMap ? [units, ...x.dims.slice(1)] : [...x.dims.slice(0, -1), units]
  const positions = dims.reduce((all, side) => all * side, 1) / units
  return { inputs: [x], nodes: productNodes(name, x, weights), dims, weights, multiplyAdds: positions * channels * units }
}

function productNodes(name: string, x: AnyValue, weights: readonly WeightSlot[]) {
  const tensors = weights.map(({ tensor }) => tensor)
  if (x.dims.length === 3) return [node('Conv', name, [x.name, ...tensors])]
  if (x.dims.length === 1) return [node('Gemm', name, [x.name, ...tensors])]
  const [kernel = '', ...biases] = tensors
  const product = node('MatMul', biases.length > 0 ? `${name}:product` : name, [x.name, kernel])
  return [product, ...biases.map((bias) => node('Add', name, [product.name, bias]))]
}
