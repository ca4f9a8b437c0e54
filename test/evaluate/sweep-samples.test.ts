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
    const { points, test } = await sweepSamples({ ...made, perClass: [15, 2], repeats: 4 })
    expect(test).toBe(36)
    expect(points.every(({ l2 }) => (l2 ?? 0) > 0)).toBe(true)
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

  it('sweeps models, pools, heads and solvers on the same sub-samples', async () => {
    const made = await codedDataSet({ counts, shape: [2, 2, 10], signal: 0.5 })
    const { points, comparisons, curves } = await sweepSamples({
      ...made,
      pool: ['none', 'avg'],
      head: ['softmax', 'dense:8:relu,softmax'],
      perClass: [2, 5, 10],
      repeats: 3,
      epochs: 2,
      solver: ['adam'],
    })
    const series = points.filter(({ perClass }) => perClass === 2).map(({ pool, head, solver }) => [pool, head, solver])
    expect(series).toEqual([
      ['none', 'softmax', 'adam'],
      ['none', 'dense:8:relu,softmax', 'adam'],
      ['avg', 'softmax', 'adam'],
      ['avg', 'dense:8:relu,softmax', 'adam'],
    ])
    expect(comparisons).toHaveLength(6 * 3)
    expect(curves).toHaveLength(4)
  })

  it('takes images in all, and all that there are', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const inAll = await sweepSamples({ ...made, total: [30, 6], repeats: 2 })
    expect(inAll.points.map(({ total, perClass, trainImages }) => [total, perClass, trainImages])).toEqual([
      [6, 2, 6],
      [30, 10, 30],
    ])
    const max = await sweepSamples({ ...made, perClass: [5, 'max'], repeats: 2 })
    expect(max.points.map(({ perClass, trainImages }) => [perClass, trainImages])).toEqual([
      [5, 15],
      [32, 26 + 19 + 32],
    ])
  })

  it('cuts the usual sizes to what there is, and says so', async () => {
    const made = await codedDataSet({ counts: { ant: 20, bee: 20 }, shape: [20] })
    const notes: string[] = []
    const { points } = await sweepSamples({ ...made, repeats: 2, onNote: (text) => notes.push(text) })
    expect(points.map(({ perClass }) => perClass)).toEqual([5, 10, 13])
    expect(notes).toEqual(['The largest class has 13 training images, so the sizes are 5, 10, 13.'])
  })

  it('leaves out images of which a model has no code', async () => {
    const first = await codedDataSet({ counts, shape: [20] })
    const notes: string[] = []
    const error = await userErrorOf(() => sweepSamples({ ...first, model: ['net.onnx', 'other.onnx'], onNote: (text) => notes.push(text) }))
    expect(error.message).toContain('Expected codes of other.onnx for the images of')
  })

  it.each([
    [{ total: [2] }, 'Expected --total to be from 3, one image of each class, to 77, the images to train on, got 2.'],
    [{ total: [78] }, 'Expected --total to be from 3, one image of each class, to 77, the images to train on, got 78.'],
    [{ total: [9], perClass: [5] }, 'Expected --total to be left out where --per-class is given, got "9".'],
  ])('refuses %j', async (options, message) => {
    const made = await codedDataSet({ counts, shape: [20] })
    const error = await userErrorOf(() => sweepSamples({ ...made, ...options }))
    expect(error).toMatchObject({ exitCode: 2, message })
  })

  it('trains heads by mini-batches too', async () => {
    const made = await codedDataSet({ counts, shape: [2, 2, 20], signal: 1 })
    const { points } = await sweepSamples({ ...made, perClass: [2, 15], repeats: 2, head: 'avgpool,dense:8:relu,softmax', lr: 0.01 })
    expect(points[1]).toMatchObject({ head: 'avgpool,dense:8:relu,softmax', pool: 'avg', trainImages: 45, repeats: 2 })
    expect(points[1]?.mean).toBeGreaterThan(points[0]?.mean ?? 1)
    expect(points.map(({ l2 }) => l2)).toEqual([null, null])
  })

  it('refuses options that mean nothing with the solver', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const error = await userErrorOf(() => sweepSamples({ ...made, solver: 'lbfgs', epochs: 3 }))
    expect(error.message).toBe(
      'Expected --epochs to be left out with --solver lbfgs, which has no mini-batches, got 3. Or choose --solver adam.',
    )
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
