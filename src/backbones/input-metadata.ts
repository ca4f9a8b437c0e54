import { fieldsOf, parseJson } from '../base/json.js'
import type { Graph } from '../graph/graph.js'
import type { InputRule } from './backbone.js'

const key = 'cnn-codes.input'

/** The graph with a note of how its pixels are prepared, so that its file needs no --mean and --scale. */
export function withInput(graph: Graph, { order, mean, scale }: InputRule): Graph {
  return { ...graph, metadata: new Map([...(graph.metadata ?? []), [key, JSON.stringify({ order, mean, scale })]]) }
}

/** What such a note says; undefined where there is none that makes sense. */
export function keptInput({ metadata }: Graph): InputRule | undefined {
  const { order, mean, scale } = fieldsOf(parseJson(metadata?.get(key) ?? 'null'))
  if ((order !== 'rgb' && order !== 'bgr') || !isTriple(mean) || !isTriple(scale) || scale.includes(0)) return undefined
  return { order, mean, scale }
}

function isTriple(value: unknown): value is [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isFinite)
}
