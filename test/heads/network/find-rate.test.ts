import { describe, expect, it } from 'vitest'
import { softmaxLoss } from '../../../src/heads/losses/softmax-loss.js'
import { findRate, suggestRate } from '../../../src/heads/network/find-rate.js'
import { Network } from '../../../src/heads/network/network.js'
import { tallCodes } from '../reference-codes.js'
import { sourceOf } from './source-of.js'

const { codes, labels, classes } = tallCodes()

async function found(steps: number) {
  const network = await Network.create({ layers: [], inputs: 64, outputs: classes, optimizer: { name: 'sgd' }, seed: 0, threads: 1 })
  try {
    const train = sourceOf(
      codes,
      Array.from({ length: codes.rows }, (_, i) => i),
      0,
    )
    const loss = softmaxLoss({ labels: Int32Array.from(labels), classes })
    return await findRate(network, { train, loss, batch: 32, seed: 0, penalty: { l1: 0, l2: 0 }, from: 1e-4, to: 1e4, steps })
  } finally {
    await network.close()
  }
}

describe('findRate', () => {
  it('raises the rate evenly on a logarithmic scale, over several epochs, until the loss explodes', async () => {
    const points = await found(60)
    expect(points.length).toBeGreaterThan(20) // an epoch has 16 steps
    expect(points.length).toBeLessThan(60)
    expect(points[0]?.lr).toBeCloseTo(1e-4, 12)
    expect((points[1]?.lr ?? 0) / (points[0]?.lr ?? 1)).toBeCloseTo(1e8 ** (1 / 59), 9)
    const losses = points.map(({ loss }) => loss)
    expect(Math.min(...losses)).toBeLessThan(0.9 * (losses[0] ?? 0))
    expect(losses.at(-1)).toBeGreaterThan(4 * Math.min(...losses))
    expect(await found(60)).toEqual(points)
  })

  it('suggests a rate at which the head learns', async () => {
    const rate = suggestRate(await found(60)) ?? 0
    expect(rate).toBeGreaterThan(0.01)
    expect(rate).toBeLessThan(10)
  })
})

describe('suggestRate', () => {
  const points = (losses: readonly number[]) => losses.map((loss, at) => ({ lr: 10 ** at, loss }))

  it.each([
    ['two thirds into a descent', [9, 8, 7, 6, 5, 4, 3, 9], 1e4],
    ['of the longest one', [9, 1, 8, 7, 6, 5, 9], 1e3],
    ['nothing where the loss never falls', [1, 2, 3], undefined],
    ['nothing of nothing', [], undefined],
  ])('is %s', (_, losses, rate) => expect(suggestRate(points(losses))).toBe(rate))
})
