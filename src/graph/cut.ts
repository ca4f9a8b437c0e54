import type { onnx } from 'onnx-proto'
import { UserError } from '../base/errors.js'
import { type Graph, layerName, type Node } from './graph.js'

/**
 * The part of a graph that computes one layer's output, which becomes the only output.
 *
 * @param layer a node's name, or the name of a tensor that a node computes.
 */
export function cutAt(graph: Graph, layer: string): Graph {
  const at = findLayer(graph, layer)
  const tensor = at.outputs.includes(layer) ? layer : (at.outputs[0] ?? '')
  const nodes = ancestors(graph, tensor)
  const used = new Set(nodes.flatMap(consumedBy))
  const known = graph.outputs.find((output) => output.name === tensor)
  return {
    ...graph,
    nodes,
    inputs: graph.inputs.filter((input) => used.has(input.name)),
    outputs: [known ?? { name: tensor, type: undefined, dims: undefined }],
    initializers: new Map([...graph.initializers].filter(([name]) => used.has(name))),
  }
}

/** The one name a layer goes by, however it was asked for: the node's name, or a tensor's where only that tells it. */
export function resolveLayer(graph: Graph, layer: string): string {
  const at = findLayer(graph, layer)
  const name = layerName(at)
  return at.outputs.indexOf(layer) > 0 || findLayer(graph, name) !== at ? layer : name
}

/** The names of all layers, in the order of the graph. */
export function layerNames(graph: Graph): string[] {
  return graph.nodes.map(layerName)
}

function findLayer(graph: Graph, layer: string): Node {
  const found = graph.nodes.find((node) => layerName(node) === layer) ?? graph.nodes.find((node) => node.outputs.includes(layer))
  if (found) return found
  const last = layerNames(graph).slice(-5).join(', ')
  throw new UserError(
    `Expected --layer to be one of the ${graph.nodes.length} layers of the model, got "${layer}". The last ones are: ${last}.`,
    2,
  )
}

/** The nodes that a tensor depends on, in their order. */
function ancestors(graph: Graph, tensor: string): Node[] {
  const needed = new Set([tensor])
  const kept: Node[] = []
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    kept.push(node)
    for (const input of consumedBy(node)) needed.add(input)
  }
  return kept.reverse()
}

/** Tensors that a node takes: its inputs, and what the bodies of If, Loop and Scan, however deep, take from the graphs around them. */
function consumedBy(node: Node): string[] {
  const bodies = Object.values(node.attributes).flatMap((attribute) => (attribute.kind === 'other' ? takenInside(attribute.value) : []))
  return [...node.inputs, ...bodies]
}

/** Every name that the nodes of an attribute's subgraphs take; those that a subgraph computes itself do no harm. */
function takenInside({ g, graphs }: onnx.IAttributeProto): string[] {
  const nodes = [...(g ? [g] : []), ...(graphs ?? [])].flatMap((body) => body.node ?? [])
  return nodes.flatMap(({ input, attribute }) => [...(input ?? []), ...(attribute ?? []).flatMap(takenInside)])
}
