import { expect } from 'vitest'
import { product } from '../../src/base/product.js'
import { createFeedSession, type Feed, type FeedSession } from '../../src/engine/feed-session.js'
import { gradientGraph, gradientName } from '../../src/graph/gradient/gradient-graph.js'
import type { Graph } from '../../src/graph/graph.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { centralDifference } from './central-difference.js'
import { doubleGradients } from './double-gradients.js'
import { expectClose } from './expect-close.js'
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
}

export interface Gradients {
  readonly y: Feed
  /** ∂(Σ upstream · y) by tensor. */
  readonly of: ReadonlyMap<string, Float32Array>
  readonly upstream: Float32Array
  /** The gradients' graph, and all that it takes. */
  readonly back: Graph
  readonly feeds: Readonly<Record<string, Feed>>
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
  const back = gradientGraph(graph, { trained, data: by, shapes })
  const session = await createFeedSession(writeOnnx(back), 1)
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
    ...{ back, feeds: all },
    differences: (tensor, at) => difference(session, all, { output, upstream, tensor, at, step }),
    release: () => session.release(),
  }
}

/**
 * Expects gradients to agree with central differences within 1e-3 of the largest gradient, at up to 60 places of each
 * tensor; in double precision within 1e-6, and with those in double precision within 5e-6.
 */
export async function expectGradients(of: GradientCase): Promise<void> {
  const gradients = await gradientsOf(of)
  for (const [tensor, found] of gradients.of) {
    expect(found.length, tensor).toBe((of.data[tensor] ?? constant(of.graph, tensor)).data.length)
    const [largest, stride] = [largestOf(found), Math.max(1, Math.floor(found.length / 60) | 1)]
    for (let at = 0; at < found.length; at += stride) {
      const expected = await gradients.differences(tensor, at)
      const error = Math.abs((found[at] ?? Number.NaN) - expected) / largest
      expect(error, `${tensor}[${at}]: ${found[at]}, by differences ${expected}`).toBeLessThan(1e-3)
    }
  }
  await gradients.release()
  await expectDoubles(of.graph, gradients)
}

async function expectDoubles(graph: Graph, { back, feeds, upstream, of }: Gradients): Promise<void> {
  const wide = Object.fromEntries(Object.entries(feeds).map(([name, { data, dims }]) => [name, { data: Float64Array.from(data), dims }]))
  const doubles = await doubleGradients({ graph, back, feeds: wide, upstream, tensors: [...of.keys()] })
  for (const [tensor, { found, expected }] of doubles) {
    const largest = largestOf(found)
    for (const [at, number] of expected) {
      const error = Math.abs((found[at] ?? Number.NaN) - number) / largest
      expect(error, `${tensor}[${at}]: ${found[at]}, by differences ${number}, in double precision`).toBeLessThan(1e-6)
    }
    expectClose(of.get(tensor) ?? [], found, { absolute: 5e-6 * largest })
  }
}

/** The largest magnitude, which must say something: where all gradients are 0, all is within any share of them. */
function largestOf(gradient: Iterable<number>): number {
  const largest = Array.from(gradient).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  expect(largest).toBeGreaterThan(1e-3)
  return largest
}

interface Place {
  readonly output: string
  readonly upstream: Float32Array
  readonly tensor: string
  readonly at: number
  readonly step: number
}

/** Between the numbers that float32 has nearest to x − step and x + step. */
function difference(session: FeedSession, feeds: Readonly<Record<string, Feed>>, place: Place): Promise<number> {
  const { tensor, at, step, output, upstream } = place
  const { data, dims } = feeds[tensor] ?? { data: new Float32Array(), dims: [] }
  const value = data[at] ?? 0
  return centralDifference([Math.fround(value - step), Math.fround(value + step)], upstream, async (moved) => {
    const results = await session.run({ ...feeds, [tensor]: { data: data.with(at, moved), dims } })
    return results.get(output)?.data ?? new Float32Array()
  })
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
