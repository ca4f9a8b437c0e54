import type { Backbone } from '../backbones/backbone.js'
import type { Pool } from '../cache/pool-codes.js'
import { givesChannelsFirst } from '../extract/code-graph.js'
import { NodeWriter } from '../graph/gradient/node-writer.js'
import type { Graph, Tensor } from '../graph/graph.js'
import { withChannelsLast } from '../graph/layout.js'
import { addHead, type HeadLayers } from './head-graph.js'

/** What comes behind the backbone. */
export interface ClassifierHead extends HeadLayers {
  readonly pool: Pool
  /** The code's shape before pooling, channels last. */
  readonly shape: readonly number[]
}

/**
 * A backbone with pool and head behind it: images in as the backbone takes them, `probabilities` [n, classes] out.
 *
 * @throws UserError as `codeGraph` and `addHead` do.
 */
export async function classifierGraph(backbone: Backbone, head: ClassifierHead): Promise<Graph> {
  const isPooled = head.pool !== 'none' && head.shape.length > 1
  const isFirst = await givesChannelsFirst(backbone)
  const graph = isFirst && !isPooled ? withChannelsLast(backbone.graph) : backbone.graph
  const writer = new NodeWriter('head/')
  const constants = new Map<string, Tensor>()
  const output = graph.outputs[0]?.name ?? ''
  const code = isPooled
    ? pooled(writer, isFirst ? output : channelsFirst(writer, output, head.shape.length), head.pool)
    : flat(writer, output)
  const answers = addHead(writer, constants, code, head)
  return {
    ...graph,
    nodes: [...graph.nodes, ...writer.nodes],
    outputs: [{ name: answers, type: 'float32', dims: ['n', head.labels.length] }],
    initializers: new Map([...graph.initializers, ...writer.constants, ...constants]),
  }
}

/** [n, positions…, c] → [n, c, positions…] */
function channelsFirst(writer: NodeWriter, x: string, rank: number): string {
  const perm = [0, rank, ...Array.from({ length: rank - 1 }, (_, at) => at + 1)]
  return writer.op('Transpose', [x], { perm: { kind: 'ints', value: perm } })
}

/** [n, c, positions…] → [n, c], of concat the mean and behind it the maximum. */
function pooled(writer: NodeWriter, x: string, pool: Pool): string {
  const one = (op: string) => flat(writer, writer.op(op, [x]))
  if (pool === 'avg') return one('GlobalAveragePool')
  if (pool === 'max') return one('GlobalMaxPool')
  return writer.op('Concat', [one('GlobalAveragePool'), one('GlobalMaxPool')], { axis: { kind: 'int', value: 1 } })
}

/** [n, …] → [n, D] */
function flat(writer: NodeWriter, x: string): string {
  return writer.op('Flatten', [x], { axis: { kind: 'int', value: 1 } })
}
