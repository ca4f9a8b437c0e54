import type { onnx } from 'onnx-proto'
import type { Graph, Node } from './graph.js'

/** Tensors that a node takes: its inputs, and what the bodies of If, Loop and Scan, however deep, take from the graphs around them. */
export function consumedBy(node: Node): string[] {
  const bodies = Object.values(node.attributes).flatMap((attribute) => (attribute.kind === 'other' ? takenInside(attribute.value) : []))
  return [...node.inputs, ...bodies]
}

/** The nodes that take each tensor, a node once for each time that it takes it. */
export function consumersOf(graph: Graph): ReadonlyMap<string, readonly Node[]> {
  const consumers = new Map<string, Node[]>()
  for (const node of graph.nodes) {
    for (const tensor of consumedBy(node)) {
      const known = consumers.get(tensor)
      if (known) known.push(node)
      else consumers.set(tensor, [node])
    }
  }
  return consumers
}

/** Every name that the nodes of an attribute's subgraphs take; those that a subgraph computes itself do no harm. */
function takenInside({ g, graphs }: onnx.IAttributeProto): string[] {
  const nodes = [...(g ? [g] : []), ...(graphs ?? [])].flatMap((body) => body.node ?? [])
  return nodes.flatMap(({ input, attribute }) => [...(input ?? []), ...(attribute ?? []).flatMap(takenInside)])
}
