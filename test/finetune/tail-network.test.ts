import { afterAll, describe, expect, it } from 'vitest'
import { createFeedSession } from '../../src/engine/feed-session.js'
import type { Matrix } from '../../src/engine/gemm.js'
import { tailOf, withFeatures } from '../../src/finetune/tail.js'
import { TailNetwork, type TailNetworkOptions } from '../../src/finetune/tail-network.js'
import { type TailGraph, TailSession } from '../../src/finetune/tail-session.js'
import { withWeights } from '../../src/finetune/tuned-model.js'
import { int, ints } from '../../src/graph/attributes.js'
import { cutAt } from '../../src/graph/cut.js'
import { gradientGraph, gradientName, upstream } from '../../src/graph/gradient/gradient-graph.js'
import { type Graph, type Node, node } from '../../src/graph/graph.js'
import { withChannelsLast } from '../../src/graph/layout.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { softmaxLoss } from '../../src/heads/losses/softmax-loss.js'
import { makeOptimizer } from '../../src/heads/optimizers/index.js'
import { windowOf } from '../heads/network/window-of.js'
import { expectClose } from '../helpers/expect-close.js'
import { runGraph } from '../helpers/run-graph.js'
import { noise, noiseFloats, value } from '../helpers/tiny-graph.js'
import { threeConvolutions } from '../helpers/tunable.js'

const images = 12
const trained = ['second/weight', 'second/bias', 'deep/weight', 'deep/bias', 'third/weight']

/**
 * With a depthwise convolution, which is trained as a matrix product, and a maximum pool behind it: what that hands on to its way back
 * are places, no floats.
 */
function pooled(): Graph {
  const graph = threeConvolutions()
  const same = { group: int(5), pads: ints([1, 1, 1, 1]), kernel_shape: ints([3, 3]) }
  const deep = node('Conv', 'deep', ['middle', 'deep/weight', 'deep/bias'], same)
  const pool = node('MaxPool', 'pool', ['deep'], { kernel_shape: ints([2, 2]), strides: ints([1, 1]) })
  const third = (each: Node) => ({ ...each, inputs: ['pool', 'third/weight'] })
  const nodes = graph.nodes.flatMap((each) => (each.name === 'third' ? [deep, pool, third(each)] : [each]))
  const constants = [['deep/weight', noise([5, 1, 3, 3], 6)] as const, ['deep/bias', noise([5], 7)] as const]
  return { ...graph, nodes, outputs: [value('top')], initializers: new Map([...graph.initializers, ...constants]) }
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

async function made(options: Partial<TailNetworkOptions> = {}): Promise<TailNetwork> {
  const head = { layers: [{ type: 'dropout', rate: 0.2 }], inputs: 6, outputs: 2, optimizer: { name: 'adam' }, seed: 1 } as const
  const network = await TailNetwork.create({ ...head, tail, rateRatio: 0.5, ...options })
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
  it('begins with the head that it is given, and moves head and tail', async () => {
    const [first, second] = [await made(), await made({ seed: 2 })]
    const begun = [...(await first.logits('held', rows)).data]
    expect([...(await second.logits('held', rows)).data]).not.toEqual(begun)
    const third = await made({ seed: 2, start: await first.saved() })
    expect([...(await third.logits('held', rows)).data]).toEqual(begun)
    const kept = new Map([...third.tensors()].map(([name, values]) => [name, [...values]]))
    await train(third, 1, 1)
    for (const [name, values] of third.tensors()) expect([...values], name).not.toEqual(kept.get(name))
    expect(String((await third.saved())[0]?.tensors.kernel?.data)).not.toBe(String((await first.saved())[0]?.tensors.kernel?.data))
  })

  it('goes on from a state to the same numbers', async () => {
    const [whole, first, second] = [await made(), await made(), await made()]
    const losses = await train(whole, 1, 8)
    const begun = await train(first, 1, 5)
    await second.restore(await first.state())
    expect([...begun, ...(await train(second, 6, 8))]).toEqual(losses)
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
