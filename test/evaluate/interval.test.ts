import { describe, expect, it } from 'vitest'
import { studentInterval } from '../../src/evaluate/interval.js'

/** scipy.stats.t.ppf(0.975, degrees of freedom), SciPy 1.17; the same as printed tables. */
const quantiles = [
  { values: 2, t: 12.706204736174694 },
  { values: 3, t: 4.302652729749462 },
  { values: 5, t: 2.7764451051977934 },
  { values: 10, t: 2.262157162798205 },
  { values: 30, t: 2.045229642132703 },
]

describe('studentInterval', () => {
  it.each([{ values: [] }, { values: [0.9] }])('has none for $values.length values', ({ values }) => {
    expect(studentInterval(values)).toMatchObject({ low: null, high: null })
  })
  it.each(quantiles)('reaches t · s / √n to both sides of the mean of $values values', ({ values: n, t }) => {
    const values = Array.from({ length: n }, (_, i) => 0.9 + 0.01 * Math.sin(3 * i))
    const mean = values.reduce((sum, value) => sum + value, 0) / n
    const s = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
    const interval = studentInterval(values)
    expect(interval.mean).toBeCloseTo(mean, 12)
    expect(((interval.high ?? 0) - mean) / (s / Math.sqrt(n))).toBeCloseTo(t, 6)
    expect((interval.low ?? 0) + (interval.high ?? 0)).toBeCloseTo(2 * mean, 12)
  })
  it('has no width where all values are equal', () => {
    expect(studentInterval([0.5, 0.5, 0.5])).toEqual({ mean: 0.5, low: 0.5, high: 0.5 })
  })
})
