import type { Graph, Node } from './graph.js'

/** Operators whose output is a map where one of their inputs is. */
const keepers = new Set([
  ...['Add', 'BatchNormalization', 'Clip', 'Concat', 'LeakyRelu', 'Pad', 'Relu'],
  ...['AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'MaxPool'],
])

/** The tensors that are certainly [n, channels, height, width]: what convolutions of two dimensions compute, and what follows. */
export function mapsOf(graph: Graph): ReadonlySet<string> {
  const maps = new Set<string>()
  for (const node of graph.nodes) {
    const output = node.outputs[0] ?? ''
    if (isConv2d(graph, node) || (keepers.has(node.op) && node.inputs.some((input) => maps.has(input)))) maps.add(output)
  }
  return maps
}

function isConv2d({ initializers }: Graph, { op, inputs }: Node): boolean {
  return op === 'Conv' && initializers.get(inputs[1] ?? '')?.dims.length === 4
}
