import { describe, expect, it } from 'vitest'
import { softmaxLoss } from '../../../src/heads/losses/softmax-loss.js'
import { parseHead } from '../../../src/heads/network/head-spec.js'
import { Network } from '../../../src/heads/network/network.js'
import { scoreOf } from '../../../src/heads/network/run-epoch.js'
import { type EpochEntry, type TrainingOptions, type TrainingState, trainNetwork } from '../../../src/heads/network/train-network.js'
import type { NetworkState } from '../../../src/heads/network/trainable.js'
import { u, wideCodes } from '../reference-codes.js'
import { sourceOf } from './source-of.js'

const { codes, classes } = wideCodes()
// A quarter of the labels is wrong: heads soon learn by heart, and the loss on the validation part rises again.
const labels = Int32Array.from({ length: codes.rows }, (_, i) => (u(1, i) < 0.25 ? Math.floor(classes * u(2, i)) : i % classes))
const loss = softmaxLoss({ labels, classes })
const places = [...Array(codes.rows).keys()]
const validation = sourceOf(codes, places.slice(80))
const usual = { loss, validation, epochs: 8, batch: 16, rate: 0.03, schedule: 'constant', penalty: { l1: 0, l2: 0 } } as const

type Given = Partial<TrainingOptions> & { readonly head?: string; readonly keepAt?: number }

/** Trains a fresh network on the first 80 samples. */
async function train({ head = 'dense:8:relu,softmax', seed = 1, keepAt, ...given }: Given) {
  const { layers } = parseHead(head)
  const network = await Network.create({ layers, inputs: codes.columns, outputs: classes, optimizer: { name: 'adam' }, seed, threads: 1 })
  const train = sourceOf(codes, places.slice(0, 80), seed)
  let kept: TrainingState | undefined
  const weights: NetworkState[] = []
  const onEpoch: TrainingOptions['onEpoch'] = async (history, state) => {
    weights.push(await network.weights())
    if (history.length === keepAt) kept = await state()
  }
  try {
    const result = await trainNetwork(network, { ...usual, train, seed, onEpoch, ...given })
    const end = { weights: await network.weights(), score: await scoreOf(network, validation, loss) }
    return { ...result, ...end, state: kept, weightsOf: weights }
  } finally {
    await network.close()
  }
}

const column = (history: readonly EpochEntry[], name: 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy') =>
  history.map((entry) => entry[name] ?? Number.NaN)
const firstOf = (values: readonly number[], wanted: number) => values.indexOf(wanted) + 1

describe('trainNetwork', () => {
  it.each([
    [undefined, 'valLoss', Math.min],
    ['val-loss', 'valLoss', Math.min],
    ['val-accuracy', 'valAccuracy', Math.max],
    ['loss', 'loss', Math.min],
    ['accuracy', 'accuracy', Math.max],
  ] as const)('keeps the epoch that is the best by %s', async (monitor, name, best) => {
    const found = await train({ monitor })
    const values = column(found.history, name)
    expect(found).toMatchObject({ ended: 'epochs', best: firstOf(values, best(...values)) })
    expect(found.weights).toEqual(found.weightsOf[found.best - 1])
    expect(found.score).toEqual({ loss: found.history[found.best - 1]?.valLoss, accuracy: found.history[found.best - 1]?.valAccuracy })
  })

  it('tells the epochs apart that monitors prefer', async () => {
    const { history } = await train({})
    const [byLoss, byTrainLoss] = [column(history, 'valLoss'), column(history, 'loss')]
    expect(firstOf(byLoss, Math.min(...byLoss))).toBeLessThan(firstOf(byTrainLoss, Math.min(...byTrainLoss)))
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it.each([1, 2])('stops after %i epochs without a gain', async (patience) => {
    const found = await train({ patience, epochs: 20 })
    expect(found.ended).toBe('patience')
    expect(found.history).toHaveLength(found.best + patience)
    expect(found.weights).toEqual(found.weightsOf[found.best - 1])
  })

  it.each([undefined, 1])('leaves the last epoch without a validation part, patience %s', async (patience) => {
    const found = await train({ validation: undefined, patience })
    expect(found).toMatchObject({ ended: 'epochs', best: 8 })
    expect(found.history.map(({ valLoss, valAccuracy }) => [valLoss, valAccuracy])).toEqual(Array(8).fill([null, null]))
    expect(found.weights).toEqual(found.weightsOf[7])
  })

  it('learns nothing in the first epoch that diverges', async () => {
    // 1e30: no finite number; 1e6: a finite one beyond all reason.
    for (const rate of [1e30, 1e6]) expect(await train({ rate })).toMatchObject({ history: [], best: 0, ended: 'diverged' })
  })

  it.each([
    ['a validation part', validation],
    ['none', undefined],
  ])('keeps the best epoch before the loss diverges, with %s', async (_, held) => {
    // After three epochs the kept state goes on with a rate at which the loss diverges.
    const { state } = await train({ epochs: 3, keepAt: 3, validation: held })
    const found = await train({ resume: state, rate: 1e30, validation: held })
    expect(found).toMatchObject({ best: held ? state?.best?.epoch : 3, ended: 'diverged' })
    expect(found.history).toEqual(state?.history)
    expect(found.weights).toEqual(state?.best?.weights)
  })

  it.each(['constant', 'cosine', 'one-cycle', 'plateau'] as const)('resumes to the same bits under the schedule %s', async (schedule) => {
    const options = { schedule, head: 'bn,dropout:0.3,dense:8:relu,softmax', epochs: 14, rate: 0.05 }
    const whole = await train({ ...options, keepAt: 12 })
    const { history, best, weights } = await train({ ...options, resume: whole.state })
    expect({ history, best, weights }).toEqual({ history: whole.history, best: whole.best, weights: whole.weights })
    const rates = new Set(history.map(({ rate }) => rate))
    expect(rates.size).toBe({ constant: 1, plateau: 2, cosine: 14, 'one-cycle': 14 }[schedule])
  })

  it.each([
    ['patience', { patience: 2, epochs: 20 }],
    ['epochs', { epochs: 4 }],
  ] as const)('does not go on where it had come to its end: %s', async (ended, options) => {
    const length = (await train(options)).history.length
    const { state, ...whole } = await train({ ...options, keepAt: length })
    const again = await train({ ...options, resume: state })
    expect(again).toMatchObject({ ended, best: whole.best, history: whole.history, weights: whole.weights })
  })

  it('may keep the weights that it began with, also when it goes on', async () => {
    const worse = { keepStart: true, rate: 3, epochs: 3 }
    const whole = await train({ ...worse, keepAt: 1 })
    expect(whole).toMatchObject({ best: 0, ended: 'epochs', start: whole.score })
    const { best, start, weights, history } = await train({ ...worse, resume: whole.state })
    expect({ best, start, weights, history }).toEqual({ best: 0, start: whole.start, weights: whole.weights, history: whole.history })
    expect(await train({ ...worse, patience: 2 })).toMatchObject({ best: 0, ended: 'patience' })
    expect((await train({ ...worse, keepStart: false })).best).toBeGreaterThan(0)
    const plain = await train({})
    expect(await train({ keepStart: true })).toMatchObject({ best: plain.best, history: plain.history })
  })

  it('stops where it is told to', async () => {
    const control = new AbortController()
    const onBatch = (epoch: number, seen: number) => {
      if (epoch === 2 && seen === 32) control.abort(new Error('enough'))
    }
    await expect(train({ signal: control.signal, onBatch })).rejects.toThrow('enough')
  })

  it('has the same history by the same seed, another by another', async () => {
    const head = 'dropout:0.5,dense:8:relu,softmax'
    const [one, again, other] = [await train({ head }), await train({ head }), await train({ head, seed: 2 })]
    expect(again.history).toEqual(one.history)
    expect(again.weights).toEqual(one.weights)
    expect(other.history).not.toEqual(one.history)
  })
})
