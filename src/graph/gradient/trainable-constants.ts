import type { Graph } from '../graph.js'

/** The inputs that are weights, by operator; what else nodes take (bounds, shapes, moving statistics) is not trained. */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  PRelu: [1],
}

/**
 * The float32 constants that training changes, in the order of the nodes: kernels and biases, γ and β of batch norms, and
 * what is added to a product.
 *
 * A file's float16 weights count once `foldConstants` has widened them. A γ that stands for none at all (a batch norm of
 * Keras without scale) looks like any other one here.
 */
export function trainableConstants({ nodes, initializers }: Graph): readonly string[] {
  const products = new Set(nodes.filter(({ op }) => op === 'MatMul').map(({ outputs }) => outputs[0] ?? ''))
  const found = nodes.flatMap(({ op, domain, inputs }) => {
    if (domain !== '') return []
    if (op === 'Add') return inputs.some((input) => products.has(input)) ? inputs : []
    return (weightInputs[op] ?? []).map((at) => inputs[at] ?? '')
  })
  return [...new Set(found)].filter((name) => initializers.get(name)?.type === 'float32')
}
