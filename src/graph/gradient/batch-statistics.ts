import { floatOf, int } from '../attributes.js'
import { elementTypes, type Graph, type Node } from '../graph.js'
import { NodeWriter } from './node-writer.js'

/** Tensors that hold a mean and a variance. */
export interface Statistics {
  readonly mean: string
  readonly variance: string
}

export interface BatchStatistics {
  /** The batch norm's first output. */
  readonly norm: string
  /** Outputs of the graph, [1, channels, 1]: mean and Σ (x − mean)² / m of the batch, m being the numbers of a channel. */
  readonly batch: Statistics
  /** The constants that hold the moving ones, [channels]. */
  readonly moving: Statistics
}

export interface TrainingGraph {
  readonly graph: Graph
  readonly statistics: readonly BatchStatistics[]
}

/**
 * The graph with batch norms in training mode: they take mean and variance of the batch, through which gradients go, too.
 *
 * moving = momentum · moving + (1 − momentum) · batch is left to the caller.
 *
 * @param norms first outputs of the batch norms; default all of them.
 */
export function withBatchStatistics(graph: Graph, norms?: readonly string[]): TrainingGraph {
  const isChosen = ({ op, outputs }: Node) => op === 'BatchNormalization' && (norms?.includes(outputs[0] ?? '') ?? true)
  const constants = new Map(graph.initializers)
  const statistics: BatchStatistics[] = []
  const nodes = graph.nodes.flatMap((each) => {
    if (!isChosen(each)) return [each]
    const [norm = ''] = each.outputs
    const write = new NodeWriter(`${norm}:batch:`)
    statistics.push({ norm, batch: writeNorm(write, each), moving: { mean: each.inputs[3] ?? '', variance: each.inputs[4] ?? '' } })
    for (const [name, tensor] of write.constants) constants.set(name, tensor)
    const inner = write.nodes.at(-1)
    return inner ? [...write.nodes.slice(0, -1), { ...inner, name: each.name, outputs: [norm] }] : []
  })
  const names = statistics.flatMap(({ batch }) => [batch.mean, batch.variance])
  const outputs = names.map((name) => ({ name, type: 'float32', dims: [1, null, 1] }) as const)
  return { graph: { ...graph, nodes, outputs: [...graph.outputs, ...outputs], initializers: constants }, statistics }
}

/** γ · (x − mean) / √(variance + ε) + β, the statistics over all axes but the channels; the last node computes it. */
function writeNorm(write: NodeWriter, norm: Node): Statistics {
  const [x = '', gamma = '', beta = ''] = norm.inputs
  const rows = write.op('Reshape', [x, write.integers(0, 0, -1)]) // [n, channels, numbers]
  const channels = write.op('Size', [gamma])
  const count = write.op('Cast', [write.op('Div', [write.op('Size', [x]), channels])], { to: int(elementTypes.float32) })
  const mean = channelMean(write, rows, count)
  const centred = write.op('Sub', [rows, mean])
  const variance = channelMean(write, write.op('Mul', [centred, centred]), count)
  const deviation = write.op('Sqrt', [write.op('Add', [variance, write.number(floatOf(norm, 'epsilon', 1e-5))])])
  const [scale = '', shift = ''] = [gamma, beta].map((each) => write.op('Reshape', [each, write.integers(1, -1, 1)]))
  const scaled = write.op('Mul', [write.op('Div', [centred, deviation]), scale])
  write.op('Reshape', [write.op('Add', [scaled, shift]), write.op('Shape', [x])])
  return { mean, variance }
}

/** [1, channels, 1] */
function channelMean(write: NodeWriter, rows: string, count: string): string {
  return write.op('Div', [write.op('ReduceSum', [rows, write.integers(0, 2)], { keepdims: int(1) }), count])
}
