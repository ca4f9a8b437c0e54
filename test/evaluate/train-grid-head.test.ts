import { describe, expect, it } from 'vitest'
import type { HeadOptions } from '../../src/evaluate/head-options.js'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'

const common = { solver: 'adam', epochs: 3, seed: 1 } as const
const counts = { ant: 40, bee: 30, cow: 50 }

describe('trainHead with a grid', () => {
  it.each([
    ['softmax', [4, 4, 40]],
    ['sigmoid', [7]],
  ] as const)('trains each setting of a %s head as it would be alone', async (head, shape) => {
    const made = await codedDataSet({ counts, shape, signal: 0.3 })
    const grid = { lr: [0.01, 0.001], l2: [0, 0.1] }
    const { history, ...result } = await trainHead({ ...made, ...common, head, grid })
    expect(history.map(({ rate, l2 }) => [rate, l2])).toEqual([
      [0.01, 0],
      [0.01, 0.1],
      [0.001, 0],
      [0.001, 0.1],
    ])
    for (const { rate, l2, epoch, valLoss } of history) {
      const alone = await trainHead({ ...made, ...common, head, lr: rate ?? 0, l2: l2 ?? 0, monitor: 'val-loss' })
      expect(alone.history[epoch - 1]?.valLoss).toBeCloseTo(valLoss ?? Number.NaN, 4)
    }
    const best = history.reduce((a, b) => ((b.valLoss ?? 0) < (a.valLoss ?? 0) ? b : a))
    expect(result).toMatchObject({ l2: best.l2, lr: best.rate, accuracy: { validation: best.valAccuracy } })
  })

  it('lowers the rate of each setting where its own validation loss stays, with --schedule plateau', async () => {
    const made = await codedDataSet({ counts, shape: [20], signal: 0.3 })
    const options = { ...made, solver: 'sgd', l2: 0.1, epochs: 25, batch: 8, schedule: 'plateau', validation: '0.3' } as const
    const { history } = await trainHead({ ...options, grid: { lr: [2, 4] } })
    for (const { rate, epoch, valLoss } of history) {
      const alone = await trainHead({ ...options, lr: rate ?? 0, monitor: 'val-loss' })
      expect(alone.history[epoch - 1]?.rate).toBeLessThan(rate ?? 0)
      expect([alone.kept, alone.history[epoch - 1]?.valLoss]).toEqual([epoch, expect.closeTo(valLoss ?? Number.NaN, 3)])
    }
  })

  it('trains the other sub-samples of a sweep as the first one, to the end of the schedule', async () => {
    const made = await codedDataSet({ counts, shape: [40], signal: 0.3 })
    const options = { ...made, solver: 'adam', schedule: 'cosine', epochs: 12, perClass: [4, 12], repeats: 4, validation: '0.3' } as const
    const accuraciesWith = async (how: HeadOptions) =>
      (await sweepSamples({ ...options, ...how })).points.map(({ accuracies }) => accuracies)
    expect(await accuraciesWith({ grid: { lr: [0.1] } })).toEqual(await accuraciesWith({ lr: 0.1 }))
  })

  it('leaves out settings that diverge', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const { history } = await trainHead({ ...made, ...common, solver: 'sgd', grid: { lr: [1e39, 0.01] } })
    expect(history.map(({ rate }) => rate)).toEqual([0.01])
    const error = await userErrorOf(() => trainHead({ ...made, ...common, solver: 'sgd', grid: { lr: [1e39] } }))
    expect(error.message).toBe(
      'Expected the loss of at least one setting of --grid to stay a finite number, but all diverged. Choose smaller rates.',
    )
  })

  it.each([
    [
      { head: 'dense:4,softmax' },
      'Expected --grid to be given with a linear head, got "dense:4,softmax". Its settings share one layer: use --head softmax or sigmoid.',
    ],
    [{ validation: '0' }, 'Expected --validation to be above 0 where a grid is chosen from on it, got 0.'],
    [{ lr: 0.1 }, 'Expected --lr to be left out where --grid gives its values (lr), got 0.1.'],
    [{ patience: 2 }, 'Expected --patience to be left out with --grid, whose settings share their steps, got 2.'],
  ])('refuses %j beside it', async (options, message) => {
    const made = await codedDataSet({ counts, shape: [4] })
    await expectUsageError(() => trainHead({ ...made, ...common, grid: { lr: [0.1] }, ...options }), message)
  })
})
