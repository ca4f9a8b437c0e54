import { describe, expect, it } from 'vitest'
import { compareSeries } from '../../src/evaluate/compare-series.js'
import { sweepPoint } from '../report/sweep-points.js'

// Differences 0.02, 0.01, −0.01, 0.05: mean 0.0175, standard error 0.0125, t = 1.4 with 3 degrees of freedom. p: scipy.stats.ttest_rel.
const a = sweepPoint({ model: 'a', accuracies: [0.9, 0.92, 0.91, 0.95] })
const b = sweepPoint({ model: 'b', accuracies: [0.88, 0.91, 0.92, 0.9] })

describe('compareSeries', () => {
  it('is the paired t test', () => {
    const [found] = compareSeries([a, b])
    expect(found).toMatchObject({ a: { model: 'a' }, b: { model: 'b' }, perClass: 5, total: null })
    expect(found?.difference).toBeCloseTo(0.0175, 12)
    expect(found?.p).toBeCloseTo(0.25600733, 6)
    expect(found?.low).toBeCloseTo(0.0175 - 3.182446 * 0.0125, 3)
    expect(found?.high).toBeCloseTo(0.0175 + 3.182446 * 0.0125, 3)
  })

  it('corrects p for the number of comparisons, by rank', () => {
    const pairs = [5, 10, 15].flatMap((perClass) => [
      { ...a, perClass },
      {
        ...b,
        perClass,
        accuracies: b.accuracies.map((value, at) => (perClass === 10 ? (a.accuracies[at] ?? 0) - 0.01 - at / 1000 : value)),
      },
    ])
    const found = compareSeries(pairs)
    expect(found).toHaveLength(3)
    const [first, second, third] = found.map(({ p }) => p)
    expect(second).toBeLessThan(0.02)
    expect(first).toBeCloseTo(2 * 0.25601, 3) // of 0.0x, 0.259 and 0.259 the second is doubled, and the third is no less
    expect(third).toBeCloseTo(2 * 0.25601, 3)
  })

  it.each([
    ['one repeat', { accuracies: [0.9] }],
    ['another size', { perClass: 10 }],
    ['the same series', { model: 'a' }],
  ])('does not compare %s', (_, change) => {
    const other = { ...b, ...change }
    expect(compareSeries([a, { ...other, repeats: other.accuracies.length }])).toEqual([])
  })

  it('is certain where nothing varies', () => {
    const same = { ...b, accuracies: a.accuracies }
    const lower = { ...b, accuracies: a.accuracies.map((value) => value - 0.25) }
    expect(compareSeries([a, same])[0]).toMatchObject({ difference: 0, p: 1 })
    expect(compareSeries([a, lower])[0]?.p).toBeLessThan(1e-6)
  })
})
