import { type Graph, type Node, node, producerOf } from './graph.js'

/** Order of the axes of spatial tensors: channels first (ONNX' own operators) or last. */
export type Layout = 'nchw' | 'nhwc'

/** Operators whose output is always channels first. */
const channelsFirst = new Set([
  ...['Conv', 'ConvTranspose', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'LpPool', 'BatchNormalization'],
  ...['InstanceNormalization', 'LRN', 'DepthToSpace', 'SpaceToDepth', 'QLinearConv'],
])

/**
 * The layout of a spatial tensor: traced back through operators that keep the order of axes to one that settles it.
 *
 * @param input the layout of the graph's image input, which answers when the trace reaches it.
 */
export function layoutOf(graph: Graph, tensor: string, input: Layout): Layout {
  return traced(graph, tensor, input) ?? input
}

/** Undefined for what does not depend on the image: constants, and what is computed from them. */
function traced(graph: Graph, tensor: string, input: Layout): Layout | undefined {
  if (graph.inputs.some(({ name }) => name === tensor)) return input
  const from = tensor === '' ? undefined : producerOf(graph, tensor)
  if (!from) return undefined
  if (channelsFirst.has(from.op)) return 'nchw'
  const perm = from.op === 'Transpose' && from.attributes.perm?.kind === 'ints' ? from.attributes.perm.value.join() : ''
  if (perm === '0,2,3,1') return 'nhwc'
  if (perm === '0,3,1,2') return 'nchw'
  for (const source of from.inputs) {
    const layout = traced(graph, source, input)
    if (layout) return layout
  }
  return undefined
}

/**
 * The graph with its output, a spatial map [n, c, h, w], transposed to [n, h, w, c]: the order of Keras' Flatten.
 *
 * The output keeps its rank, so that its shape tells the code's shape.
 */
export function withChannelsLast(graph: Graph): Graph {
  const output = graph.outputs[0]?.name ?? ''
  const name = `${output}:channels_last`
  const transpose: Node = node('Transpose', name, [output], { perm: { kind: 'ints', value: [0, 2, 3, 1] } })
  return { ...graph, nodes: [...graph.nodes, transpose], outputs: [{ name, type: 'float32', dims: undefined }] }
}
