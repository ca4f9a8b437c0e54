import { product } from '../base/product.js'
import { consumedBy } from '../graph/consumers.js'
import type { Graph } from '../graph/graph.js'

/** Which inputs of an operator hold weights. Moving statistics of a batch norm are none: they stay. */
const weightInputs: ReadonlyMap<string, readonly number[]> = new Map([
  ['Conv', [1, 2]],
  ['Gemm', [1, 2]],
  ['MatMul', [0, 1]],
  ['Add', [0, 1]], // biases behind the two above
  ['BatchNormalization', [1, 2]],
])

/**
 * The constants of a network's part that are trained: weights, biases, and scales and offsets of batch norms.
 *
 * A constant that the rest of the network takes too is not among them, nor is a single number.
 */
export function trainedTensors(tail: Graph, whole: Graph): string[] {
  const inside = new Set(tail.nodes.flatMap(({ outputs }) => outputs))
  const outside = new Set(whole.nodes.filter(({ outputs }) => !outputs.some((output) => inside.has(output))).flatMap(consumedBy))
  const weights = tail.nodes.flatMap(({ op, domain, inputs }) => {
    const places = domain === '' ? (weightInputs.get(op) ?? []) : []
    return places.map((place) => inputs[place] ?? '')
  })
  return [...new Set(weights)].filter((name) => {
    const tensor = tail.initializers.get(name)
    return tensor?.type === 'float32' && product(tensor.dims) > 1 && !outside.has(name)
  })
}
