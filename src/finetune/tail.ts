import type { Pool } from '../cache/pool-codes.js'
import { int, ints } from '../graph/attributes.js'
import { NodeWriter } from '../graph/gradient/node-writer.js'
import type { Graph, ValueInfo } from '../graph/graph.js'
import { type Layout, layoutOf } from '../graph/layout.js'
import { tailFrom } from '../graph/tail.js'

export interface TailOptions {
  /** The tensor that the codes hold. */
  readonly tensor: string
  /** The codes' shape, channels last. */
  readonly shape: readonly number[]
  /** The layout of the images. */
  readonly layout: Layout
}

/** The input that takes codes, [n, …], channels last. */
export const codesInput = 'codes'

/** The part of a network behind a tensor, which takes what the cache has of it. */
export function tailOf(graph: Graph, { tensor, shape, layout }: TailOptions): Graph {
  const isSpatial = shape.length === 3 && layoutOf(graph, tensor, layout) === 'nchw'
  const [height = 0, width = 0, channels = 0] = shape
  const tail = tailFrom(graph, tensor, ['n', ...(isSpatial ? [channels, height, width] : shape)])
  const input: ValueInfo = { name: codesInput, type: 'float32', dims: ['n', ...shape] }
  const attributes = isSpatial ? { perm: ints([0, 3, 1, 2]) } : {}
  const first = {
    name: 'codes:in',
    op: isSpatial ? 'Transpose' : 'Identity',
    domain: '',
    inputs: [codesInput],
    outputs: [tensor],
    attributes,
  }
  return { ...tail, inputs: [input], nodes: [first, ...tail.nodes] }
}

export interface FeatureOptions {
  /** The shape of the network's output without the batch. */
  readonly shape: readonly number[]
  readonly layout: Layout
  readonly pool: Pool
}

/** The network with its output as rows of features [n, length], in the order of the cache: channels last. */
export function withFeatures(graph: Graph, { shape, layout, pool }: FeatureOptions): Graph {
  const write = new NodeWriter('features:')
  const output = graph.outputs[0]?.name ?? ''
  const turned = (perm: readonly number[]) => write.op('Transpose', [output], { perm: ints(perm) })
  const rows = (tensor: string) => write.op('Flatten', [tensor], { axis: int(1) })
  const isFlat = pool === 'none' || shape.length !== 3
  const map = shape.length !== 3 || (layout === 'nchw') !== isFlat ? output : turned(isFlat ? [0, 2, 3, 1] : [0, 3, 1, 2])
  const means = () => rows(write.op('GlobalAveragePool', [map]))
  const tops = () => rows(write.op('GlobalMaxPool', [map]))
  const pooled = { avg: means, max: tops, concat: () => write.op('Concat', [means(), tops()], { axis: int(1) }), none: () => rows(map) }
  const name = pooled[isFlat ? 'none' : pool]()
  const outputs: ValueInfo[] = [{ name, type: 'float32', dims: ['n', null] }]
  const initializers = new Map([...graph.initializers, ...write.constants])
  return { ...graph, nodes: [...graph.nodes, ...write.nodes], outputs, initializers }
}
