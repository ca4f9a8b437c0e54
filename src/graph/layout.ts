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
  const from = producerOf(graph, tensor)
  if (!from) return input
  if (channelsFirst.has(from.op)) return 'nchw'
  const source = from.inputs.find((name) => name !== '' && !graph.initializers.has(name)) ?? ''
  if (from.op !== 'Transpose') return layoutOf(graph, source, input)
  const perm = from.attributes.perm?.kind === 'ints' ? from.attributes.perm.value.join() : ''
  return perm === '0,2,3,1' ? 'nhwc' : perm === '0,3,1,2' ? 'nchw' : layoutOf(graph, source, input)
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
