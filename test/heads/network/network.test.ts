import { describe, expect, it } from 'vitest'
import { type Matrix, matrix } from '../../../src/engine/gemm.js'
import { softmaxLoss } from '../../../src/heads/losses/softmax-loss.js'
import type { WindowCodes } from '../../../src/heads/network/code-window.js'
import { parseHead } from '../../../src/heads/network/head-spec.js'
import { Network } from '../../../src/heads/network/network.js'
import type { NetworkState, StepOptions } from '../../../src/heads/network/trainable.js'
import type { OptimizerName } from '../../../src/heads/optimizers/index.js'
import { createFloat16 } from '../../../src/kernels/float16.js'
import { createKernels } from '../../../src/kernels/kernels.js'
import { expectClose } from '../../helpers/expect-close.js'
import { plainLogits } from '../../helpers/plain-head.js'
import { userErrorOf } from '../../helpers/thrown.js'
import { randomMatrix } from '../layers/gradient-check.js'
import { tallCodes } from '../reference-codes.js'
import { windowOf } from './window-of.js'

const { codes, labels, classes } = tallCodes()
const loss = softmaxLoss({ labels: Int32Array.from(labels), classes })
const head = 'bn,dropout:0.5,dense:8:relu,softmax'
const batches = Array.from({ length: 16 }, (_, key) => ({ rows: Int32Array.from({ length: 32 }, (_, i) => 32 * key + i), key }))

interface Made {
  readonly text?: string
  readonly threads?: number
  readonly seed?: number
  readonly inputs?: number
  readonly name?: OptimizerName
  readonly window?: WindowCodes
}

/** Runs with a network on the reference codes, and closes it. */
async function withNetwork<T>(made: Made, use: (network: Network) => Promise<T>): Promise<T> {
  const { text = head, threads = 1, seed = 3, inputs = codes.columns, name = 'adam', window = windowOf(codes) } = made
  const { layers } = parseHead(text)
  const network = await Network.create({ layers, inputs, outputs: classes, optimizer: { name }, seed, threads })
  try {
    await network.load('train', window)
    return await use(network)
  } finally {
    await network.close()
  }
}

/** Trains on batches `from` to `to`; returns the loss of each. */
async function train(network: Network, from: number, to: number, options: Partial<StepOptions> & { ahead?: boolean } = {}) {
  const losses: number[] = []
  for (const batch of batches.slice(from, to)) {
    const take = (logits: Matrix) => losses.push(loss.take(logits, batch.rows).loss)
    const next = options.ahead === false || batch.key + 1 >= to ? undefined : batches[batch.key + 1]
    await network.step(batch, take, { settings: [{ rate: 0.01, l1: 1e-4, l2: 1e-3 }], number: batch.key + 1, ...options, next })
  }
  return losses
}

const asLists = (state: NetworkState) => Object.fromEntries([...state].map(([name, array]) => [name, [...array]]))

describe('Network', () => {
  it.each([
    ['dense:9000000,softmax', '6.4 GiB for 64 × 9000000'],
    ['dense:8,dense:70000000,softmax', '8.3 GiB for 8 × 70000000'],
    ['dense:8,dense:36000000,softmax', '4.3 GiB for 8 × 36000000'], // 3.2 without the gradient
  ])('refuses a layer larger than a memory: %s', async (text, found) => {
    const error = await userErrorOf(() => withNetwork({ text }, async () => undefined))
    expect(error.message).toBe(
      `Expected the weights of a dense layer, their gradient and their optimizer's state to take less than 4 GiB in a thread, got ${found}. Choose fewer units, a pooled view such as --pool avg, or --solver sgd, which keeps no state.`,
    )
  })

  it('comes to the same losses on any number of threads, to the same bits on the same number', async () => {
    const runs = []
    for (const threads of [1, 2, 3, 2]) runs.push(await withNetwork({ threads }, (network) => train(network, 0, 16)))
    const [one, two, three, again] = runs
    expect(again).toEqual(two)
    for (const other of [two, three]) expectClose(other ?? [], one ?? [], { relative: 1e-4 })
    expect(await withNetwork({ seed: 4 }, (network) => train(network, 0, 2))).not.toEqual(one?.slice(0, 2))
  })

  it.each([
    [10, 2],
    [33, 3],
    [5, 4],
  ])('trains on %i columns with %i threads', async (inputs, threads) => {
    const window = windowOf(randomMatrix(512, inputs, 1))
    const [few, one] = [
      await withNetwork({ inputs, threads, window, text: 'dense:8:relu,softmax' }, (network) => train(network, 0, 3)),
      await withNetwork({ inputs, window, text: 'dense:8:relu,softmax' }, (network) => train(network, 0, 3)),
    ]
    expectClose(few, one, { relative: 1e-5 })
  })

  it.each([head, 'dense:8,bn,softmax', 'softmax'])('steps on to the same bits whether or not the next batch is known: %s', async (text) => {
    await withNetwork({ text }, async (network) => {
      const start = await network.state()
      const run = async (ahead: boolean) => {
        await network.restore(start)
        return [await train(network, 0, 4, { ahead }), asLists(await network.state())]
      }
      expect(await run(true)).toEqual(await run(false))
    })
  })

  it.each([
    [1, 'adam'],
    [2, 'adadelta'],
  ] as const)('goes on from a restored state to the same bits, on %i threads with %s', async (threads, name) => {
    const told = await withNetwork({ threads, name }, async (network) => {
      await train(network, 0, 3)
      const state = await network.state()
      return { state, losses: await train(network, 3, 6), end: asLists(await network.state()) }
    })
    await withNetwork({ threads, name, seed: 99 }, async (network) => {
      await train(network, 0, 1)
      await network.restore(told.state)
      expect(await train(network, 3, 6)).toEqual(told.losses)
      expect(asLists(await network.state())).toEqual(told.end)
    })
  })

  it.each([
    ['softmax', ['dense']],
    [head, ['bn', 'dense', 'relu', 'dense']],
    ['dropout:0.2,dense:12:silu,bn:0.5:1e-4,dropout:0.1,dense:7:relu,softmax', ['dense', 'silu', 'bn', 'dense', 'relu', 'dense']],
  ])('saves layers by which plain arithmetic comes to its logits: %s', async (text, types) => {
    await withNetwork({ text, threads: 2 }, async (network) => {
      await train(network, 0, 6)
      const layers = await network.saved()
      expect(layers.map(({ type }) => type)).toEqual(types)
      const rows = Int32Array.of(0, 7, 100)
      await network.load('held', windowOf(codes))
      const { data } = await network.logits('held', rows)
      const plain = [...rows].flatMap((row) => plainLogits(layers, codes.data.subarray(64 * row, 64 * (row + 1))))
      expectClose(data, plain, { absolute: 1e-5 })
    })
  })

  it('saves what the last step has come to, though that is under way', async () => {
    await withNetwork({ text: 'dense:8,softmax' }, async (network) => {
      await train(network, 0, 2)
      const kernel = (await network.saved())[0]?.tensors.kernel?.data
      expectClose(kernel ?? [], (await network.state()).get('stem.0.kernel') ?? [])
    })
  })

  it.each([1, 2])('takes float16 codes as their numbers, on %i threads', async (threads) => {
    const halves = matrix(
      512,
      37,
      randomMatrix(512, 37, 5).data.map((value) => Math.round(value * 1024) / 1024),
    ) // exact in float16
    const buffer = new SharedArrayBuffer(2 * halves.data.length)
    createFloat16(createKernels()).toFloat16(halves.data, new Uint16Array(buffer))
    await withNetwork({ threads, window: windowOf(halves), inputs: 37 }, async (network) => {
      const start = await network.state()
      const single = await train(network, 0, 4)
      await network.restore(start)
      await network.load('train', { ...halves, buffer, dtype: 'float16' })
      expect(await train(network, 0, 4)).toEqual(single)
    })
  })

  it.each([1, 2])('moves by no more than the clipped gradient, on %i threads', async (threads) => {
    await withNetwork({ threads, name: 'sgd', text: 'bn,dense:8:relu,bn,softmax' }, async (network) => {
      const start = await network.state()
      const moveOf = async (clipNorm: number | undefined) => {
        await network.restore(start)
        await train(network, 0, 1, { settings: [{ rate: 1, l1: 0, l2: 0 }], clipNorm })
        const moved = [...(await network.weights())].filter(([name]) => !/mean|variance/.test(name))
        return Math.hypot(...moved.flatMap(([name, array]) => [...array].map((value, i) => value - (start.get(name)?.[i] ?? 0))))
      }
      const free = await moveOf(undefined)
      expect(free).toBeGreaterThan(0.1)
      expectClose([await moveOf(0.01), await moveOf(free / 2), await moveOf(2 * free)], [0.01, free / 2, free], { relative: 1e-4 })
    })
  })

  it('takes the layers of a head apart at the first dense one: their first weights depend on the seed and their place', async () => {
    const first = await withNetwork({}, (network) => network.weights())
    const limit = Math.sqrt(6 / (64 + 8))
    const kernel = first.get('stem.2.kernel') ?? new Float32Array()
    expect(Math.max(...kernel)).toBeLessThanOrEqual(limit)
    expect(Math.max(...kernel)).toBeGreaterThan(0.95 * limit)
    expect(Math.min(...kernel)).toBeLessThan(-0.95 * limit)
    expect(first.get('rest.0.bias')).toEqual(new Float32Array(8))
    expect(asLists(await withNetwork({ threads: 3 }, (network) => network.weights()))).toEqual(asLists(first))
  })
})
