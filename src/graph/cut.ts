import { UserError } from '../base/errors.js'
import { constantOrigins } from './constant-origins.js'
import { consumedBy } from './consumers.js'
import { type Graph, layerName, type Node } from './graph.js'
import { inputGraph, inputName, meansInput } from './input-layer.js'

/**
 * The part of a graph that computes one layer's output, which becomes the only output.
 *
 * @param layer a node's name, the name of a tensor that a node computes, or `input`: the images themselves.
 */
export function cutAt(graph: Graph, layer: string): Graph {
  if (meansInput(graph, layer)) return inputGraph(graph)
  const at = findLayer(graph, layer)
  const tensor = at.outputs.includes(layer) ? layer : (at.outputs[0] ?? '')
  const known = graph.outputs.find((output) => output.name === tensor)
  return withoutUnused({ ...graph, outputs: [known ?? { name: tensor, type: undefined, dims: undefined }] })
}

/** The graph without the nodes, inputs and constants that its outputs do not depend on. */
export function withoutUnused(graph: Graph): Graph {
  const nodes = ancestors(graph)
  const used = new Set(nodes.flatMap(consumedBy))
  return {
    ...graph,
    nodes,
    inputs: graph.inputs.filter((input) => used.has(input.name)),
    initializers: new Map([...graph.initializers].filter(([name]) => used.has(name))),
  }
}

/** The one name a layer goes by, however it was asked for: the node's name, or a tensor's where only that tells it. */
export function resolveLayer(graph: Graph, layer: string): string {
  if (meansInput(graph, layer)) return inputName(graph)
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
  const constants = constantOrigins(graph)
  const layers = graph.nodes.filter(({ outputs }) => !constants.has(outputs[0] ?? '')).map(layerName) // a Cast of weights is none
  throw new UserError(
    `Expected --layer to be one of the ${layers.length} layers of the model, got "${layer}". The last ones are: ${layers.slice(-5).join(', ')}.`,
    2,
  )
}

/** The nodes that the outputs depend on, in their order. */
function ancestors(graph: Graph): Node[] {
  const needed = new Set(graph.outputs.map((output) => output.name))
  const kept: Node[] = []
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue
    kept.push(node)
    for (const input of consumedBy(node)) needed.add(input)
  }
  return kept.reverse()
}
