import { batchNormLine } from './batch-norm-line.js'
import { floats } from './builder-weights.js'
import { type Graph, type Node, node, type Tensor } from './graph.js'
import { mapsOf } from './maps.js'

/**
 * The graph with batch norms of maps as 1 × 1 convolutions of each channel by itself.
 *
 * Those that stand before a convolution and its activation (ResNetV2, DenseNet) cannot merge into it; so they can be
 * quantized like it, with a scale for each channel.
 */
export function batchNormAsConv(graph: Graph): Graph {
  const maps = mapsOf(graph)
  const constants = new Map<string, Tensor>()
  const nodes = graph.nodes.map((norm): Node => {
    const [input = ''] = norm.inputs
    const line = maps.has(input) ? batchNormLine(graph, norm) : undefined
    if (!line) return norm
    const channels = line.scale.length
    const output = norm.outputs[0] ?? ''
    constants.set(`${output}:weight`, floats([channels, 1, 1, 1], Float32Array.from(line.scale)))
    constants.set(`${output}:bias`, floats([channels], Float32Array.from(line.shift)))
    const attributes = { group: { kind: 'int', value: channels }, kernel_shape: { kind: 'ints', value: [1, 1] } } as const
    return { ...node('Conv', norm.name, [input, `${output}:weight`, `${output}:bias`], attributes), outputs: [output] }
  })
  return { ...graph, nodes, initializers: new Map([...graph.initializers, ...constants]) }
}
