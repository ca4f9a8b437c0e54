import { afterAll, describe, expect, it } from 'vitest'
import { createFeedSession } from '../../src/engine/feed-session.js'
import type { Matrix } from '../../src/engine/gemm.js'
import { tailOf, withFeatures } from '../../src/finetune/tail.js'
import { TailNetwork } from '../../src/finetune/tail-network.js'
import { type TailGraph, TailSession } from '../../src/finetune/tail-session.js'
import { withWeights } from '../../src/finetune/tuned-model.js'
import { ints } from '../../src/graph/attributes.js'
import { cutAt } from '../../src/graph/cut.js'
import { gradientGraph, gradientName, upstream } from '../../src/graph/gradient/gradient-graph.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { withChannelsLast } from '../../src/graph/layout.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { softmaxLoss } from '../../src/heads/losses/softmax-loss.js'
import { makeOptimizer } from '../../src/heads/optimizers/index.js'
import { windowOf } from '../heads/network/window-of.js'
import { expectClose } from '../helpers/expect-close.js'
import { runGraph } from '../helpers/run-graph.js'
import { noiseFloats, value } from '../helpers/tiny-graph.js'
import { threeConvolutions } from '../helpers/tunable.js'

const images = 12
const trained = ['second/weight', 'second/bias', 'third/weight']

/** A maximum pool behind the convolutions: what it hands on to its way back are places, no floats. */
function pooled(): Graph {
  const graph = threeConvolutions()
  const pool = node('MaxPool', 'pool', ['middle'], { kernel_shape: ints([2, 2]), strides: ints([1, 1]) })
  const nodes = graph.nodes.flatMap((each) => (each.name === 'third' ? [pool, { ...each, inputs: ['pool', 'third/weight'] }] : [each]))
  return { ...graph, nodes, outputs: [value('top')] }
}

const pixels = noiseFloats(images * 3 * 64, 9)
const runOn = (graph: Graph) => runGraph(withChannelsLast(graph), pixels, [images, 3, 8, 8])
const { data, dims } = await runOn(cutAt(pooled(), 'y'))
const codes: Matrix = { rows: images, columns: data.length / images, data: Float32Array.from(data) }
const graph = withFeatures(tailOf(pooled(), { tensor: 'y', shape: dims.slice(1), layout: 'nchw' }), {
  shape: [6, 1, 1],
  layout: 'nchw',
  pool: 'none',
})
const tail: TailGraph = { graph, shape: dims.slice(1), trained, output: 'top', length: 6 }
const loss = softmaxLoss({ labels: Int32Array.from({ length: images }, (_, at) => at % 2), classes: 2 })
const rows = Int32Array.from({ length: images }, (_, at) => at)

const opened: TailNetwork[] = []
afterAll(() => Promise.all(opened.map((network) => network.close())))

async function made(): Promise<TailNetwork> {
  const head = { layers: [{ type: 'dropout', rate: 0.2 }], inputs: 6, outputs: 2, optimizer: { name: 'adam' }, seed: 1 } as const
  const network = await TailNetwork.create({ ...head, tail, frozenSteps: 2, rateRatio: 0.5 })
  opened.push(network)
  await network.load('train', windowOf(codes))
  await network.load('held', windowOf(codes))
  return network
}

async function train(network: TailNetwork, from: number, to: number): Promise<number[]> {
  const losses: number[] = []
  for (let number = from; number <= to; number++) {
    const take = (logits: Matrix) => losses.push(loss.take(logits, rows).loss)
    await network.step({ rows, key: number }, take, { settings: [{ rate: 0.01, l1: 0, l2: 0 }], number })
  }
  return losses
}

describe('TailNetwork', () => {
  it('leaves the tail alone in the frozen steps, then moves it', async () => {
    const network = await made()
    const kept = new Map([...network.tensors()].map(([name, values]) => [name, [...values]]))
    await train(network, 1, 2)
    for (const [name, values] of network.tensors()) expect([...values], name).toEqual(kept.get(name))
    const frozen = [...(await network.logits('held', rows)).data]
    await train(network, 3, 3)
    for (const [name, values] of network.tensors()) expect([...values], name).not.toEqual(kept.get(name))
    await network.restore(network.before() ?? new Map())
    expect([...(await network.logits('held', rows)).data]).toEqual(frozen)
  })

  it('goes on from a state to the same numbers', async () => {
    const [whole, first, second] = [await made(), await made(), await made()]
    const losses = await train(whole, 1, 8)
    const begun = await train(first, 1, 5)
    await second.restore(await first.state())
    expect([...begun, ...(await train(second, 6, 8))]).toEqual(losses)
    expect(second.before()).toEqual(whole.before())
    await second.restore(await first.weights())
    expect((await second.logits('held', rows)).data).toEqual((await first.logits('held', rows)).data)
  })

  it('computes what the whole network does with its new weights', async () => {
    const network = await made()
    await train(network, 1, 8)
    const session = await TailSession.open(tail, makeOptimizer({ name: 'sgd' }))
    for (const [name, values] of network.tensors()) session.parameters.get(name)?.values.set(values)
    const features = await session.forward(codes)
    const expected = await runOn(withWeights(pooled(), network.tensors()))
    expectClose(features.data, expected.data, { relative: 1e-4, absolute: 1e-6 })
    const learning = await session.forwardToLearn(codes)
    expectClose(learning.data, expected.data, { relative: 1e-4, absolute: 1e-6 })
    await session.release()
  })
})

describe('TailSession', () => {
  it('gives the gradients of the whole gradient graph, batch after batch of any size', async () => {
    const session = await TailSession.open(tail, makeOptimizer({ name: 'sgd' }))
    const whole = await createFeedSession(writeOnnx(gradientGraph(graph, { trained })), 1)
    for (const [at, count] of [12, 5, 5, 12].entries()) {
      const part: Matrix = { rows: count, columns: codes.columns, data: codes.data.subarray(0, count * codes.columns) }
      const gradient: Matrix = { rows: count, columns: 6, data: noiseFloats(count * 6, at) }
      await session.forwardToLearn(part)
      await session.backward(part, gradient)
      const weights = [...session.parameters].map(([name, { values, shape }]) => [name, { data: values, dims: shape }] as const)
      const feeds = { codes: { data: part.data, dims: [count, ...tail.shape] }, [upstream]: { data: gradient.data, dims: [count, 6] } }
      const expected = await whole.run({ ...feeds, ...Object.fromEntries(weights) })
      for (const [name, { gradient: found, values }] of session.parameters) {
        const wanted = expected.get(gradientName(name))?.data ?? []
        expectClose(found.subarray(0, values.length), wanted, { relative: 1e-4, absolute: 1e-6 })
      }
    }
    await Promise.all([session.release(), whole.release()])
  })
})
