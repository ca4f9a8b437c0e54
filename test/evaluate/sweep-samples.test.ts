import { describe, expect, it } from 'vitest'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 40, bee: 30, cow: 50 }

describe('sweepSamples', () => {
  it.each([
    ['gram', [4, 4, 40], 0.3],
    ['weight', [20], 1],
  ])('grows more accurate with more images, in %s space', async (_space, shape, signal) => {
    const made = await codedDataSet({ counts, shape, signal })
    const { points, test, series } = await sweepSamples({ ...made, perClass: [15, 2], repeats: 4 })
    expect(test).toBe(36)
    expect(series).toMatchObject([{ layer: 'y', solver: 'lbfgs', l2: [expect.any(Number), expect.any(Number)] }])
    const [few, many] = points
    expect(few).toMatchObject({
      model: 'net.onnx',
      layer: 'y',
      head: 'softmax',
      pool: 'none',
      perClass: 2,
      trainImages: 6,
      shortClasses: 0,
      repeats: 4,
    })
    expect(many).toMatchObject({ perClass: 15, trainImages: 45, repeats: 4 })
    expect(many?.mean).toBeGreaterThan(few?.mean ?? 1)
    expect(few?.low).toBeLessThan(few?.mean ?? 0)
    expect(few?.high).toBeGreaterThan(few?.mean ?? 1)
  })

  it('caps small classes, and gives one repeat and no interval where all images are taken', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const { points } = await sweepSamples({ ...made, perClass: [20, 32], repeats: 3 })
    expect(points[0]).toMatchObject({ perClass: 20, trainImages: 20 + 19 + 20, shortClasses: 1, repeats: 3 })
    expect(points[1]).toMatchObject({ perClass: 32, trainImages: 26 + 19 + 32, shortClasses: 2, repeats: 1, low: null, high: null })
  })

  it('gives the same figures for the same seed', async () => {
    const made = await codedDataSet({ counts, shape: [4, 4, 40], signal: 1 })
    const [first, again] = [await sweepSamples({ ...made, perClass: [3] }), await sweepSamples({ ...made, perClass: [3] })]
    expect(again.points).toEqual(first.points)
  })

  it('refuses a size above every class', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const error = await userErrorOf(() => sweepSamples({ ...made, perClass: [5, 33, 40] }))
    expect(error).toMatchObject({
      exitCode: 2,
      message:
        'Expected --per-class to be at most 32, the training images of the largest class, got 33. Choose smaller sizes, or a larger --split.',
    })
  })
})
