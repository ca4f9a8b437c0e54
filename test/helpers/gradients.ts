import { expect } from 'vitest'
import { product } from '../../src/base/product.js'
import { createFeedSession, type Feed, type FeedSession } from '../../src/engine/feed-session.js'
import { gradientGraph, gradientName } from '../../src/graph/gradient/gradient-graph.js'
import type { Graph } from '../../src/graph/graph.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { noiseFloats } from './tiny-graph.js'

export interface GradientCase {
  readonly graph: Graph
  /** Inputs with their values. */
  readonly data: Readonly<Record<string, Feed>>
  /** Default: every float32 constant. */
  readonly trained?: readonly string[]
  /** Inputs to differentiate by, default all. */
  readonly by?: readonly string[]
  /** As `gradientGraph` takes them. */
  readonly shapes?: ReadonlyMap<string, readonly number[]>
  /** Step of the differences: large for what is linear, default 0.01. */
  readonly step?: number
  /** Allowed error as a share of the largest gradient, default 1e-3. */
  readonly tolerance?: number
}

export interface Gradients {
  readonly y: Feed
  /** ∂(Σ upstream · y) by tensor. */
  readonly of: ReadonlyMap<string, Float32Array>
  readonly upstream: Float32Array
  readonly differences: (tensor: string, at: number) => Promise<number>
  readonly release: () => Promise<void>
}

/** Runs a graph forwards and back with a seeded upstream gradient. */
export async function gradientsOf({
  graph,
  data,
  trained = floatNames(graph),
  by = Object.keys(data),
  step = 0.01,
  shapes = new Map(),
}: GradientCase): Promise<Gradients> {
  const session = await createFeedSession(writeOnnx(gradientGraph(graph, { trained, data: by, shapes })), 1)
  const feeds: Record<string, Feed> = { ...data, ...Object.fromEntries(trained.map((name) => [name, constant(graph, name)])) }
  const dims = await outputDims(graph, data)
  const upstream = noiseFloats(product(dims), 99)
  const all: Record<string, Feed> = { ...feeds, gradient: { data: upstream, dims } }
  const output = graph.outputs[0]?.name ?? ''
  const results = await session.run(all)
  for (const name of [...trained, ...by]) expect(results.get(gradientName(name))?.dims, name).toEqual(all[name]?.dims)
  const y = results.get(output) ?? { data: new Float32Array(), dims: [] }
  return {
    y: { ...y, data: Float32Array.from(y.data) },
    of: new Map([...trained, ...by].map((name) => [name, results.get(gradientName(name))?.data ?? new Float32Array()])),
    upstream,
    differences: (tensor, at) => difference(session, all, { output, upstream, tensor, at, step }),
    release: () => session.release(),
  }
}

/** Expects gradients to agree with central differences, at up to 60 places of each tensor. */
export async function expectGradients(of: GradientCase): Promise<void> {
  const gradients = await gradientsOf(of)
  for (const [tensor, found] of gradients.of) {
    expect(found.length, tensor).toBe((of.data[tensor] ?? constant(of.graph, tensor)).data.length)
    const largest = found.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
    const stride = Math.max(1, Math.floor(found.length / 60) | 1)
    for (let at = 0; at < found.length; at += stride) {
      const expected = await gradients.differences(tensor, at)
      const error = Math.abs((found[at] ?? Number.NaN) - expected) / largest
      expect(error, `${tensor}[${at}]: ${found[at]}, by differences ${expected}`).toBeLessThan(of.tolerance ?? 1e-3)
    }
  }
  await gradients.release()
}

interface Place {
  readonly output: string
  readonly upstream: Float32Array
  readonly tensor: string
  readonly at: number
  readonly step: number
}

/** (f(x + h) − f(x − h)) / 2h with f = Σ upstream · y in double precision, h as float32 rounds it. */
async function difference(session: FeedSession, feeds: Readonly<Record<string, Feed>>, place: Place): Promise<number> {
  const { tensor, at, step, output, upstream } = place
  const { data, dims } = feeds[tensor] ?? { data: new Float32Array(), dims: [] }
  const valueAt = async (moved: number) => {
    const copy = Float32Array.from(data)
    copy[at] = moved
    const y = (await session.run({ ...feeds, [tensor]: { data: copy, dims } })).get(output)?.data ?? new Float32Array()
    return y.reduce((sum, value, i) => sum + value * (upstream[i] ?? 0), 0)
  }
  const [high, low] = [Math.fround((data[at] ?? 0) + step), Math.fround((data[at] ?? 0) - step)]
  return ((await valueAt(high)) - (await valueAt(low))) / (high - low)
}

async function outputDims(graph: Graph, data: Readonly<Record<string, Feed>>): Promise<readonly number[]> {
  const session = await createFeedSession(writeOnnx(graph), 1)
  const results = await session.run(data)
  await session.release()
  return results.get(graph.outputs[0]?.name ?? '')?.dims ?? []
}

function floatNames({ initializers }: Graph): readonly string[] {
  return [...initializers].filter(([, { type }]) => type === 'float32').map(([name]) => name)
}

export function constant({ initializers }: Graph, name: string): Feed {
  const tensor = initializers.get(name)
  const data = tensor && floatsOf(tensor)
  if (!data) throw new Error(`Expected a float32 constant ${name}`)
  return { data, dims: tensor.dims }
}
