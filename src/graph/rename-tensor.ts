import type { Graph } from './graph.js'

/** The graph with a tensor under another name, which none bears yet. */
export function renameTensor(graph: Graph, from: string, to: string): Graph {
  const name = (tensor: string) => (tensor === from ? to : tensor)
  const named = <T extends { readonly name: string }>(value: T): T => ({ ...value, name: name(value.name) })
  return {
    ...graph,
    inputs: graph.inputs.map(named),
    outputs: graph.outputs.map(named),
    nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(name), outputs: node.outputs.map(name) })),
    initializers: new Map([...graph.initializers].map(([tensor, value]) => [name(tensor), value])),
  }
}

/** Whether a tensor of this name is in the graph. */
export function hasTensor({ inputs, nodes, initializers }: Graph, tensor: string): boolean {
  return inputs.some(({ name }) => name === tensor) || initializers.has(tensor) || nodes.some(({ outputs }) => outputs.includes(tensor))
}
