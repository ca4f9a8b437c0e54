import { type Graph, layerName, node } from './graph.js'

/** The name that the images themselves go by among a network's layers, as long as no layer bears it. */
export const inputLayer = 'input'

/** Whether a layer's name means the images: `input`, or the name of the graph's input, unless a layer bears it. */
export function meansInput({ inputs, nodes }: Graph, layer: string): boolean {
  const isTaken = nodes.some((one) => layerName(one) === layer || one.outputs.includes(layer))
  return !isTaken && (layer === inputLayer || layer === inputs[0]?.name)
}

/** The one name of the images, see `meansInput`. */
export function inputName(graph: Graph): string {
  return meansInput(graph, inputLayer) ? inputLayer : (graph.inputs[0]?.name ?? '')
}

/** A graph that gives its images as they come. */
export function inputGraph(graph: Graph): Graph {
  const [input] = graph.inputs
  const images = input?.name ?? ''
  const same = { ...node('Identity', `${images}:same`, [images]), name: inputLayer }
  const outputs = [{ name: `${images}:same`, type: input?.type, dims: input?.dims }]
  return { ...graph, nodes: [same], outputs, initializers: new Map() }
}

/** Whether a graph gives nothing but its images. */
export function isInputGraph({ nodes, inputs, outputs }: Graph): boolean {
  const [only, ...others] = nodes
  return others.length === 0 && only?.op === 'Identity' && only.inputs[0] === inputs[0]?.name && only.outputs[0] === outputs[0]?.name
}
