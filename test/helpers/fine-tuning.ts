import { readFileSync } from 'node:fs'
import { architectures } from '../../src/backbones/architectures.js'
import { buildBackbone } from '../../src/backbones/build-backbone.js'
import { fillWeight } from '../../src/backbones/fill.js'
import { goldenInput } from '../../src/backbones/golden.js'
import { createFeedSession, type Feed } from '../../src/engine/feed-session.js'
import { int } from '../../src/graph/attributes.js'
import { cutAt } from '../../src/graph/cut.js'
import { gradientGraph, gradientName, upstream } from '../../src/graph/gradient/gradient-graph.js'
import { loss, targets, withLoss } from '../../src/graph/gradient/with-loss.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { tailFrom } from '../../src/graph/tail.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { filledKeras } from './backbone-reference.js'
import { constant } from './gradients.js'
import { runGraph } from './run-graph.js'
import { tensor } from './tiny-graph.js'

/** A run of Keras, see test/fixtures/make_finetune.py. */
export interface KerasRun {
  readonly model: string
  readonly size: number
  readonly lr: number
  readonly momentum: number
  /** Before each of 4 steps, and after the last one. */
  readonly loss: readonly number[]
  /** Norm of the first step's gradient by weight. */
  readonly grad_norm_each: Readonly<Record<string, number>>
}

export const kerasRuns: readonly KerasRun[] = JSON.parse(readFileSync(new URL('../fixtures/finetune.json', import.meta.url), 'utf8')).runs

/** What the same run gives here: the part before `from` runs once, the part behind it trains. */
export async function repeatRun(run: KerasRun, from: string): Promise<Pick<KerasRun, 'loss' | 'grad_norm_each'>> {
  const { graph, images } = startOf(run)
  const { data, dims } = await runGraph(cutAt(graph, from), images.data, images.dims, 0)
  const tail = withLoss(headed(tailFrom(graph, from, ['n', ...dims.slice(1)])), { kind: 'softmax' })
  const names = new Map(Object.keys(run.grad_norm_each).map((name) => [tensorOf(tail, name), name]))
  const session = await createFeedSession(writeOnnx(gradientGraph(tail, { trained: [...names.keys()] })), 0)
  const weights = Object.fromEntries([...names.keys()].map((name) => [name, constant(tail, name)]))
  const features: Feed = { data: Float32Array.from(data), dims }
  const fixed: Record<string, Feed> = {
    [from]: features,
    [targets]: labels,
    [upstream]: { data: new Float32Array(4).fill(0.25), dims: [4] },
  }
  const losses: number[] = []
  const norms: Record<string, number> = {}
  const speeds = new Map(Object.entries(weights).map(([name, { data }]) => [name, new Float32Array(data.length)]))
  for (const step of run.loss.keys()) {
    const results = await session.run({ ...fixed, ...weights })
    losses.push([...(results.get(loss)?.data ?? [])].reduce((sum, value) => sum + value / 4, 0))
    for (const [name, speed] of speeds) {
      const gradient = results.get(gradientName(name))?.data ?? new Float32Array()
      if (step === 0) norms[names.get(name) ?? ''] = Math.hypot(...chunkNorms(gradient))
      descend(weights[name]?.data ?? new Float32Array(), speed, { gradient, run })
    }
  }
  await session.release()
  return { loss: losses, grad_norm_each: norms }
}

interface Descent {
  readonly gradient: Float32Array
  readonly run: Pick<KerasRun, 'lr' | 'momentum'>
}

/** v ← momentum · v − lr · g, w ← w + v. */
function descend(weight: Float32Array, speed: Float32Array, { gradient, run }: Descent): void {
  for (const [i, g] of gradient.entries()) {
    speed[i] = run.momentum * (speed[i] ?? 0) - run.lr * g
    weight[i] = (weight[i] ?? 0) + (speed[i] ?? 0)
  }
}

const labels: Feed = { data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0), dims: [4, 3] }

/** A network with the filler's weights, and a batch of four of its images. */
function startOf({ model, size }: KerasRun): { readonly graph: Graph; readonly images: Feed } {
  const architecture = architectures.get(model)
  if (!architecture) throw new Error(`Expected a known network, got ${model}`)
  const { graph, input } = buildBackbone(architecture, filledKeras(model), { size })
  const all = [0, 1, 2, 3].flatMap((at) => [...goldenInput(size, input, 2_000_000 + at)])
  return { graph, images: { data: Float32Array.from(all), dims: [4, 3, size, size] } }
}

/** The mean of each channel and a dense layer behind the graph's output. */
function headed(graph: Graph): Graph {
  const [output] = graph.outputs
  const channels = Number(output?.dims?.[1])
  const kernel = fillWeight(5000, [channels, 3], 'kernel').map((value) => value * Math.fround(0.01))
  const nodes = [
    node('GlobalAveragePool', 'means', [output?.name ?? '']),
    node('Flatten', 'row', ['means'], { axis: int(1) }),
    node('Gemm', 'dense', ['row', 'dense/kernel', 'dense/bias']),
  ]
  const constants = { 'dense/kernel': tensor([channels, 3], [...kernel]), 'dense/bias': tensor([3], [0, 0, 0]) }
  return {
    ...graph,
    nodes: [...graph.nodes, ...nodes],
    outputs: [{ name: 'dense', type: 'float32', dims: ['n', 3] }],
    initializers: new Map([...graph.initializers, ...Object.entries(constants)]),
  }
}

/** The constant that holds a weight of Keras. */
function tensorOf({ initializers }: Graph, name: string): string {
  return initializers.has(name) ? name : name.replace('/kernel', '/depthwise_kernel')
}

/** Norms of stretches that fit the arguments of one call. */
function chunkNorms(values: Float32Array): number[] {
  const length = 1 << 12
  return Array.from({ length: Math.ceil(values.length / length) }, (_, at) =>
    Math.hypot(...values.subarray(at * length, (at + 1) * length)),
  )
}
