import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { learningCurves } from '../../src/evaluate/learning-curve.js'
import { accuracyAt } from '../../src/evaluate/power-law.js'
import { sweepPoint } from '../report/sweep-points.js'

const law = { a: 0.97, b: 0.5, c: 0.9 }

/** A series on a curve, each repeat off it by up to half of `noise`, as much at every size. */
function series(sizes: readonly number[], { noise = 0, repeats = 5, model = 'net', unit = 'perClass' } = {}) {
  const random = seededRandom(3)
  const off = Array.from({ length: repeats }, () => (random() - 0.5) * noise)
  return sizes.map((size) => {
    const accuracies = off.map((error) => accuracyAt(law, size) + error)
    return sweepPoint({
      model,
      accuracies,
      meanPerClass: size,
      perClass: size,
      ...(unit === 'total' ? { total: size } : {}),
    })
  })
}
const sizes = [5, 10, 15, 20, 25, 30]

describe('learningCurves', () => {
  it('fits one to each series of three sizes or more', () => {
    const curves = learningCurves([...series(sizes), ...series([5, 10], { model: 'short' }), ...series([5, 10, 20], { model: 'three' })], {
      seed: 0,
    })
    expect(curves).toMatchObject([
      { model: 'net', from: 5, to: 30, target: null },
      { model: 'three', from: 5, to: 20, target: null },
    ])
    expect(curves[0]?.a).toBeCloseTo(0.97, 3)
    expect(curves[0]?.deviation).toBeLessThan(1e-6)
  })
  it.each([
    { target: 0.8, perClass: 4, reach: 'below' }, // 3.46
    { target: 0.9, perClass: 9, reach: 'measured' }, // 8.89
    { target: 0.95, perClass: 36, reach: 'extrapolated' }, // 35.8
    { target: 0.965, perClass: 167, reach: 'far' }, // 166.8
    { target: 0.97001, perClass: null, reach: 'never' },
  ])('tells the size for $target, and where it lies: $reach', ({ target, perClass, reach }) => {
    const [curve] = learningCurves(series(sizes), { target, seed: 0 })
    expect(curve?.target).toMatchObject({ accuracy: target, perClass, total: null, reach })
  })
  it('gives an interval that holds the size, wider with more noise, the same for the same seed', () => {
    const asked = (noise: number, seed = 0) => learningCurves(series(sizes, { noise }), { target: 0.9, seed })[0]?.target
    const [little, much] = [asked(0.01), asked(0.03)]
    expect(little?.low).toBeLessThanOrEqual(little?.perClass ?? 0)
    expect(little?.high).toBeGreaterThanOrEqual(little?.perClass ?? Number.POSITIVE_INFINITY)
    expect((much?.high ?? 0) - (much?.low ?? 0)).toBeGreaterThan((little?.high ?? 0) - (little?.low ?? 0))
    expect(asked(0.01)).toEqual(little)
  })
  it('has no interval for one repeat, and one that is open above where some resamples never get there', () => {
    expect(learningCurves(series(sizes, { repeats: 1 }), { target: 0.9, seed: 0 })[0]?.target).toMatchObject({
      perClass: 9,
      low: null,
      high: null,
    })
    const open = learningCurves(series(sizes, { noise: 0.03 }), { target: 0.965, seed: 0 })[0]?.target
    expect(open).toMatchObject({ low: expect.any(Number), high: null })
  })
  it('counts images in all where totals were swept', () => {
    const [curve] = learningCurves(series(sizes, { unit: 'total' }), { target: 0.9, seed: 0 })
    expect(curve?.target).toMatchObject({ perClass: null, total: 9, low: 9, high: 9 })
  })
  it('fits to the mean size of the classes where some are short', () => {
    const short = series(sizes).map((point) => ({ ...point, perClass: point.perClass === 30 ? 500 : point.perClass }))
    expect(learningCurves(short, { seed: 0 })[0]).toMatchObject({ to: 30 })
  })
})
