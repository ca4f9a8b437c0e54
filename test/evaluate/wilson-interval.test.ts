import { expect, it } from 'vitest'
import { wilsonInterval } from '../../src/evaluate/wilson-interval.js'

// statsmodels.stats.proportion.proportion_confint(right, of, method="wilson")
it.each([
  [8, 10, 0.4901624715, 0.9433178485],
  [0, 10, 0, 0.2775327999],
  [10, 10, 0.7224672001, 1],
  [2575, 2651, 0.9642653691, 0.9770337776],
])('%d of %d lies in %d … %d', (right, of, low, high) => {
  const found = wilsonInterval(right, of)
  expect(found.low).toBeCloseTo(low, 8)
  expect(found.high).toBeCloseTo(high, 8)
})

it('says nothing of no images', () => {
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 })
})
