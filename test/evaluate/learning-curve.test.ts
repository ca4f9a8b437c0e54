import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { fitCurves, fitPowerLaw } from '../../src/evaluate/learning-curve.js'
import { sweepPoint } from '../report/sweep-points.js'

const sizes = [5, 10, 15, 20, 30, 60]

describe('fitPowerLaw', () => {
  it.each([
    [0.95, 0.6, 0.5],
    [0.9, 0.4, 1.2],
    [1, 0.5, 0.3],
  ])('finds a = %f, b = %f, c = %f', (a, b, c) => {
    const law = fitPowerLaw(sizes.map((size) => ({ size, accuracy: a - b * size ** -c, weight: 1 })))
    expect(law?.a).toBeCloseTo(a, 3)
    expect(law?.b).toBeCloseTo(b, 2)
    expect(law?.c).toBeCloseTo(c, 2)
  })

  it('keeps within what an accuracy can be, and does not fall', () => {
    const steep = fitPowerLaw(sizes.map((size) => ({ size, accuracy: 0.2 + 0.2 * Math.log(size), weight: 1 })))
    expect(steep?.a).toBeLessThanOrEqual(1)
    const falling = fitPowerLaw(sizes.map((size) => ({ size, accuracy: 0.9 - size / 1000, weight: 1 })))
    expect(falling?.b).toBe(0)
  })

  it('wants three sizes', () => {
    expect(fitPowerLaw([5, 10, 10].map((size) => ({ size, accuracy: 0.5, weight: 1 })))).toBeUndefined()
  })
})

/** Repeats around 0.95 − 0.6 / √n: it takes 144 images to 90 %. */
const points = (noise: number) => {
  const random = seededRandom(3)
  return sizes.map((perClass) => {
    const accuracies = Array.from({ length: 8 }, () => 0.95 - 0.6 / Math.sqrt(perClass) + noise * (random() - 0.5))
    return sweepPoint({ perClass, accuracies })
  })
}

describe('fitCurves', () => {
  it('tells the images that an accuracy needs, with an interval that holds the truth', () => {
    const [curve] = fitCurves(points(0.01), { target: 0.9, seed: 0 })
    const { size, low, high, extrapolated } = curve?.target ?? {}
    expect(extrapolated).toBe(true)
    expect(Math.abs((size ?? 0) - 144)).toBeLessThan(25)
    expect(low).toBeLessThan(144)
    expect(high).toBeGreaterThan(144)
    expect(fitCurves(points(0.01), { target: 0.9, seed: 0 })).toEqual([curve])
  })

  it('says what is within the measured sizes, and what is out of reach', () => {
    expect(fitCurves(points(0.001), { target: 0.8, seed: 0 })[0]?.target).toMatchObject({ size: 16, extrapolated: false })
    expect(fitCurves(points(0.001), { target: 0.99, seed: 0 })[0]?.target).toMatchObject({ size: null, high: null, extrapolated: true })
  })

  it('fits each series, and none of two sizes', () => {
    const both = [...points(0), ...points(0).map((point) => ({ ...point, pool: 'avg' as const }))]
    expect(fitCurves(both, { seed: 0 }).map(({ pool, target }) => [pool, target])).toEqual([
      ['none', null],
      ['avg', null],
    ])
    expect(fitCurves(points(0).slice(0, 2), { seed: 0 })).toEqual([])
  })
})
