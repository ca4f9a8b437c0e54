import { convStep } from './builder-conv.js'
import { type AnyValue, channelSlot, isMap, type Step, type Value, type WeightSlot } from './builder-layer.js'
import { type Node, node } from './graph.js'

export interface DenseOptions {
  readonly units: number
  /** Default true. */
  readonly bias?: boolean
}

/** x · kernel + bias along the channels: one product for rows of numbers, a 1 × 1 convolution for maps. */
export function denseStep(name: string, x: AnyValue, options: DenseOptions): Step<readonly number[]> {
  return isMap(x) ? mapStep(name, x, options) : rowStep(name, x, options)
}

function mapStep(name: string, x: Value, { units, bias = true }: DenseOptions): Step {
  const step = convStep('keras', name, x, { kernel: 1, filters: units, bias })
  const weights = (step.weights ?? []).map((slot) => (slot.name === 'kernel' ? { ...slot, shape: slot.shape.slice(2) } : slot))
  return { ...step, weights }
}

function rowStep(name: string, x: AnyValue, { units, bias = true }: DenseOptions): Step<readonly number[]> {
  const shape = [x.dims.at(-1) ?? 1, units]
  const kernel: WeightSlot = { name: 'kernel', shape, tensor: `${name}/kernel`, dims: shape, layout: 'plain' }
  const weights = bias ? [kernel, channelSlot('bias', `${name}/bias`, units)] : [kernel]
  const rows = x.dims.slice(0, -1)
  const multiplyAdds = [...rows, ...shape].reduce((all, side) => all * side, 1)
  return { inputs: [x], nodes: productNodes(name, x, weights), dims: [...rows, units], weights, multiplyAdds }
}

function productNodes(name: string, x: AnyValue, weights: readonly WeightSlot[]): readonly Node[] {
  const [kernel = '', ...biases] = weights.map(({ tensor }) => tensor)
  if (x.dims.length === 1) return [node('Gemm', name, [x.name, kernel, ...biases])]
  const product = node('MatMul', biases.length > 0 ? `${name}:product` : name, [x.name, kernel])
  return [product, ...biases.map((bias) => node('Add', name, [product.name, bias]))]
}
