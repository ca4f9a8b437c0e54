import { consumedBy } from './consumers.js'
import type { Graph, Node, Tensor } from './graph.js'

/** For each tensor that does not depend on the graph's inputs: the constants that it is computed from. */
export function constantOrigins(graph: Graph): ReadonlyMap<string, ReadonlySet<Tensor>> {
  const origins = new Map([...graph.initializers].map(([name, tensor]) => [name, new Set([tensor])]))
  for (const node of graph.nodes) {
    const taken = consumedBy(node).filter((tensor) => tensor !== '')
    if (!taken.every((tensor) => origins.has(tensor))) continue
    const all = new Set([...inside(node), ...taken.flatMap((tensor) => [...(origins.get(tensor) ?? [])])])
    for (const output of node.outputs) origins.set(output, all)
  }
  return origins
}

/** Constants that a node itself holds. */
function inside({ attributes }: Node): Tensor[] {
  return Object.values(attributes).flatMap((attribute) => (attribute.kind === 'tensor' ? [attribute.value] : []))
}
