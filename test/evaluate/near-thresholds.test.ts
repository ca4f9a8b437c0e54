import { expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { nearThresholds } from '../../src/evaluate/near-thresholds.js'

/** Cosines whose distances follow Weibull's law, by its inverse. */
function lawful(count: number, { scale, shape }: { readonly scale: number; readonly shape: number }): Float64Array {
  const random = seededRandom(3)
  return Float64Array.from({ length: count }, () => 1 - scale * (-Math.log(1 - random())) ** (1 / shape))
}

it('finds the percentile and the median of the law', () => {
  const { near, candidate } = nearThresholds(lawful(20_000, { scale: 0.3, shape: 3 }))
  expect(near).toBeCloseTo(1 - 0.3 * (-Math.log(0.99)) ** (1 / 3), 2)
  expect(candidate).toBeCloseTo(1 - 0.3 * Math.log(2) ** (1 / 3), 2)
})

it('moves little where one image in ten is a copy', () => {
  const nearest = lawful(20_000, { scale: 0.3, shape: 3 })
  const before = nearThresholds(nearest)
  const after = nearThresholds(nearest.map((cosine, at) => (at % 10 === 0 ? 1 : cosine)))
  expect(after.near - before.near).toBeGreaterThan(0)
  expect(after.near - before.near).toBeLessThan(0.015)
})

it.each([
  ['too few images', new Float64Array(15).fill(0.2), { near: 0.96, candidate: 0.75 }],
  ['images far apart', lawful(100, { scale: 1, shape: 30 }), { near: 0.9, candidate: expect.closeTo(0, 1) }],
  ['images all alike', new Float64Array(100).fill(1), { near: 0.999, candidate: 0.999 }],
])('has bounds for %s', (_, nearest, thresholds) => {
  expect(nearThresholds(nearest)).toEqual(thresholds)
})
