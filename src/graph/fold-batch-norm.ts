import { type BatchNormLine, batchNormLine } from './batch-norm-line.js'
import { floats } from './builder-weights.js'
import { consumersOf } from './consumers.js'
import { withoutUnused } from './cut.js'
import type { Graph, Node, Tensor } from './graph.js'
import { floatsOf } from './tensor-floats.js'

/**
 * The graph with every batch norm that follows a convolution merged into it:
 * y = k · (w ∗ x + b) + t, so w' = k · w and b' = k · b + t, channel by channel.
 *
 * A norm stays where the convolution's own output has other uses, or where its weights are not constant. The merged
 * convolution keeps its name and computes the norm's tensor.
 */
export function foldBatchNorm(graph: Graph): Graph {
  const consumers = consumersOf(graph)
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const initializers = new Map(graph.initializers)
  const nodes: Node[] = []
  const convs = new Map(graph.nodes.filter(isConv).map((conv) => [conv.outputs[0] ?? '', conv]))
  for (const node of graph.nodes) {
    const conv = convs.get(node.inputs[0] ?? '')
    const line = conv && batchNormLine(graph, node)
    const alone = line && consumers.get(conv.outputs[0] ?? '')?.length === 1 && !outputs.has(conv.outputs[0] ?? '')
    const constants = alone ? mergedWeights(graph, conv, line) : undefined
    const output = node.outputs[0] ?? ''
    if (!conv || !constants) {
      nodes.push(node)
      continue
    }
    initializers.set(`${output}:weight`, constants.weight).set(`${output}:bias`, constants.bias)
    nodes.push({ ...conv, inputs: [conv.inputs[0] ?? '', `${output}:weight`, `${output}:bias`], outputs: [output] })
  }
  return withoutUnused({ ...graph, nodes, initializers })
}

const isConv = ({ op, domain }: Node) => op === 'Conv' && domain === ''

interface Merged {
  readonly weight: Tensor
  readonly bias: Tensor
}

function mergedWeights({ initializers }: Graph, { inputs }: Node, { scale, shift }: BatchNormLine): Merged | undefined {
  const [weight, bias] = inputs.slice(1).map((name) => initializers.get(name))
  const values = weight && floatsOf(weight)
  const offsets = bias && floatsOf(bias)
  if (!values || (inputs[2] && !offsets)) return undefined
  const length = values.length / scale.length
  for (const [c, factor] of scale.entries()) {
    for (let i = c * length; i < (c + 1) * length; i++) values[i] = (values[i] ?? 0) * factor
  }
  const moved = Float32Array.from(shift, (value, c) => value + (offsets?.[c] ?? 0) * (scale[c] ?? 0))
  return { weight: floats(weight.dims, values), bias: floats([moved.length], moved) }
}
