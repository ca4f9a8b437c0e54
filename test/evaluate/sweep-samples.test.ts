import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { type SweepSamplesOptions, sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'

const counts = { ant: 40, bee: 30, cow: 50 } // train without validation: 26, 19, 32

/** Sweeps a data set; also what it was told. */
async function noted(options: SweepSamplesOptions) {
  const notes: string[] = []
  const result = await sweepSamples({ ...options, onNote: (text) => notes.push(text) })
  return { ...result, notes }
}

describe('sweepSamples', () => {
  it.each([
    ['gram', [4, 4, 40], 0.3],
    ['weight', [20], 1],
  ])('grows more accurate with more images, in %s space', async (_space, shape, signal) => {
    const made = await codedDataSet({ counts, shape, signal })
    const { points, test, series, comparisons, curves } = await sweepSamples({ ...made, perClass: [15, 2], repeats: 4 })
    expect(test).toBe(36)
    expect(series).toMatchObject([{ layer: 'y', solver: 'lbfgs', fingerprint: made.fingerprint.digest }])
    expect([comparisons, curves]).toEqual([[], []])
    expect(points.every(({ l2 }) => (l2 ?? 0) > 0)).toBe(true)
    const [few, many] = points
    expect(few).toMatchObject({
      model: 'net.onnx',
      layer: 'y',
      head: 'softmax',
      pool: 'none',
      solver: 'lbfgs',
      perClass: 2,
      total: null,
      trainImages: 6,
      meanPerClass: 2,
      shortClasses: 0,
      repeats: 4,
    })
    expect(many).toMatchObject({ perClass: 15, trainImages: 45, repeats: 4 })
    expect(many?.mean).toBeGreaterThan(few?.mean ?? 1)
    expect(few?.low).toBeLessThan(few?.mean ?? 0)
    expect(few?.high).toBeGreaterThan(few?.mean ?? 1)
  })

  it('caps small classes, and gives one repeat and no interval where all images are taken, as max does', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const { points } = await sweepSamples({ ...made, perClass: [20, 'max', 32], repeats: 3 })
    expect(points).toHaveLength(2)
    expect(points[0]).toMatchObject({ perClass: 20, trainImages: 20 + 19 + 20, shortClasses: 1, repeats: 3 })
    expect(points[1]).toMatchObject({
      perClass: 32,
      trainImages: 77,
      meanPerClass: 77 / 3,
      shortClasses: 2,
      repeats: 1,
      low: null,
      high: null,
    })
  })

  it('cuts the usual sizes to what there is, and adds max', async () => {
    const made = await codedDataSet({ counts: { ant: 20, bee: 24 }, shape: [20] }) // train: 13, 15
    const { points, notes } = await noted({ ...made, repeats: 1 })
    expect(points.map(({ perClass }) => perClass)).toEqual([5, 10, 15])
    expect(notes).toHaveLength(1)
    const fewer = await noted({ ...made, repeats: 1, classes: ['ant', 'bee'], split: '0.5' }) // train: 9, 11
    expect(fewer.points.map(({ perClass, trainImages }) => [perClass, trainImages])).toEqual([
      [5, 10],
      [10, 19],
      [11, 20],
    ])
    expect(fewer.notes).toEqual([
      'The largest class has 11 training images: of the usual sizes 5, 10, 15, 20, 25, 30 those above give way to max, all of them.',
    ])
  })

  it('counts images of all classes together', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const { points, notes } = await noted({ ...made, total: [40, 2, 77], repeats: 2 })
    expect(points.map(({ perClass, total, trainImages, repeats }) => ({ perClass, total, trainImages, repeats }))).toEqual([
      { perClass: 2 / 3, total: 2, trainImages: 2, repeats: 2 },
      { perClass: 40 / 3, total: 40, trainImages: 40, repeats: 2 },
      { perClass: 77 / 3, total: 77, trainImages: 77, repeats: 1 },
    ])
    expect(notes).toEqual(['Some of the 3 classes have no image in a total of 2.'])
  })

  it('counts images of several labels in all', async () => {
    const made = await codedDataSet({ counts: { ant: 30, bee: 30 }, shape: [20], flat: true })
    const labels = labelFile(made.files.map(({ path }, at) => `${path},${path.slice(0, 3)}${at % 3 === 0 ? ';third' : ''}`))
    const { points } = await sweepSamples({ ...made, labels, total: [10, 30], repeats: 2, epochs: 30, lr: 0.05 })
    expect(points).toMatchObject([
      { total: 10, head: 'sigmoid', solver: 'adam', repeats: 2, l2: null },
      { total: 30, trainImages: 30 },
    ])
    expect(points[1]?.mean).toBeGreaterThan(0.3)
  })

  it('gives the same figures for the same seed', async () => {
    const made = await codedDataSet({ counts, shape: [4, 4, 40], signal: 1 })
    const [first, again] = [await sweepSamples({ ...made, perClass: [3] }), await sweepSamples({ ...made, perClass: [3] })]
    expect(again.points).toEqual(first.points)
  })

  it.each([
    [
      { perClass: [5, 33, 40] },
      'Expected --per-class to be at most 32, the training images of the largest class, got 33. Choose smaller sizes, or a larger --split.',
    ],
    [{ total: [78] }, 'Expected --total to be at most 77, the training images, got 78. Choose smaller sizes, or a larger --split.'],
    [{ total: [6], perClass: [2] }, 'Expected --total to be given without --per-class, got "6". Leave out one of them.'],
    [{ repeats: 0 }, 'Expected --repeats to be a whole number above 0, got 0.'],
    [
      { solver: ['auto', 'lbfgs'] as const, epochs: 3 },
      'Expected --epochs to be left out with --solver lbfgs, which has no mini-batches, got 3. Or choose --solver adam.',
    ],
    [{ target: 1 }, 'Expected --target to be an accuracy above 0 and below 1, such as 0.95, got 1.'],
  ])('refuses %j', async (options, message) => {
    const made = await codedDataSet({ counts, shape: [20] })
    await expectUsageError(() => sweepSamples({ ...made, ...options }), message)
  })

  it('reports byte-equal images in two classes, which it leaves out', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    const catalog = openCatalog(made.cache)
    const changed = made.files.map((file) => (file.path === 'bee/0.png' ? { ...file, image: made.files[0]?.image } : file))
    catalog.files.keepFiles(catalog.files.findDataset(made.data) ?? 0, changed)
    catalog.close()
    const { conflicts } = await sweepSamples({ ...made, perClass: [2], repeats: 1 })
    expect(conflicts).toEqual([['ant/0.png', 'bee/0.png']])
  })
})

describe('sweepSamples of several series', () => {
  const two = async () => {
    const made = await codedDataSet({ counts, shape: [3, 3, 20], signal: 0.4, layer: 'deep' })
    await codedDataSet({ counts, shape: [20], signal: 0.2, layer: 'flat', into: made })
    await codedDataSet({ counts, shape: [20], signal: 0.1, model: 'other', layer: 'flat', into: made })
    return made
  }
  const named = (points: readonly { model: string; layer: string; pool: string; head: string; solver: string }[]) => [
    ...new Set(points.map(({ model, layer, pool, head, solver }) => [model, layer, pool, head, solver].join(' '))),
  ]
  const rest = { perClass: [2, 4, 8], repeats: 3 }

  it('takes every combination that exists, in one go', async () => {
    const made = await two()
    const { points, series, comparisons, curves, name } = await sweepSamples({
      ...{ ...made, ...rest, target: 0.5 },
      model: ['net.onnx', 'other'],
      layer: ['deep', 'flat'],
      pool: ['none', 'avg'],
    })
    expect(named(points)).toEqual([
      'net.onnx deep none softmax lbfgs',
      'net.onnx deep avg softmax lbfgs',
      'net.onnx flat none softmax lbfgs',
      'net.onnx flat avg softmax lbfgs',
      'other flat none softmax lbfgs',
      'other flat avg softmax lbfgs',
    ])
    expect(new Set(series.map(({ fingerprint }) => fingerprint)).size).toBe(3)
    expect(comparisons.length).toBeLessThanOrEqual(15 * 3)
    expect(curves).toHaveLength(6)
    expect(curves[0]?.target).toMatchObject({ accuracy: 0.5 })
    expect(name).toMatch(/^[\w.-]{1,100}$/)
  })

  it('gives each series the figures that it has alone', async () => {
    const made = await two()
    const both = await sweepSamples({ ...made, ...rest, model: ['net.onnx', 'other'], layer: 'flat' })
    const alone = await sweepSamples({ ...made, ...rest, model: 'other', layer: 'flat' })
    expect(both.points.slice(3)).toEqual(alone.points)
    expect(both.comparisons.map(({ a, b, perClass }) => [a, b, perClass])).toContainEqual(['net.onnx', 'other', 2])
  })

  it('takes several heads and solvers; a head with a view of its own goes with that one', async () => {
    const made = await codedDataSet({ counts, shape: [3, 3, 20], signal: 0.4 })
    const small = { ...made, perClass: [2], repeats: 1, epochs: undefined, head: ['softmax', 'maxpool,dense:4:relu,softmax'] }
    const { message } = await userErrorOf(() => sweepSamples({ ...small, pool: ['none', 'avg'] }))
    expect(message).toBe('Expected --pool to be left out or "max", with which the head "maxpool,dense:4:relu,softmax" begins, got "none".')
    const { points } = await sweepSamples({ ...small, pool: ['none', 'max'], solver: ['auto', 'sgd'] })
    expect(named(points)).toEqual([
      'net.onnx y none softmax lbfgs',
      'net.onnx y none softmax sgd',
      'net.onnx y max softmax lbfgs',
      'net.onnx y max softmax sgd',
      'net.onnx y max maxpool,dense:4:relu,softmax adam',
      'net.onnx y max maxpool,dense:4:relu,softmax sgd',
    ])
  })

  it('opens what heads share once', async () => {
    const made = await codedDataSet({ counts, shape: [4, 4, 40] })
    const gram = join(made.cache, 'gram')
    let sizes = 0
    const onProgress = (stage: string) => {
      if (stage === 'Gram matrix' || sizes++ > 0) return
      rmSync(gram, { recursive: true }) // to be computed and kept again, were it opened again
    }
    await sweepSamples({ ...made, perClass: [2], repeats: 1, head: ['softmax', 'flatten,softmax'], onProgress })
    expect([sizes, existsSync(gram)]).toEqual([2, false])
  })

  it('uses the images that all kinds of codes have', async () => {
    const made = await codedDataSet({ counts, shape: [20] })
    await codedDataSet({ counts, shape: [20], model: 'other', refused: ['ant/3.png', 'bee/7.png'], into: made })
    const { notes, train, validation, test } = await noted({ ...made, ...rest, model: ['net.onnx', 'other'] })
    expect(train + validation + test).toBe(118)
    expect(notes).toEqual(['Left out for all series, since some kind of codes refused them: "ant/3.png", "bee/7.png" (2 of 120 images).'])
    const alone = await noted({ ...made, ...rest, model: 'net.onnx' })
    expect(alone.train + alone.validation + alone.test).toBe(120)
  })

  it.each([
    [{ model: ['net.onnx', 'other'], layer: 'deep' }, 'of other'],
    [{ model: ['net.onnx', 'none'] }, 'of none'],
    [{ model: ['net.onnx', 'other'], layer: ['flat', 'none'] }, 'of net.onnx'],
    [{ layer: ['flat', 'none'] }, 'of other'],
  ])('names what there is where %j asks for codes that do not exist', async (options, missing) => {
    const made = await two()
    const { message } = await userErrorOf(() => sweepSamples({ ...made, ...options }))
    expect(message).toContain(
      `Expected codes ${missing} for the images of ${made.data}, found none in ${made.cache} but those of net.onnx, layer deep`,
    )
    expect(message).toMatch(/other, layer flat.* Make them with: npm run codes -- --data /)
  })

  it('takes the layers of a model that has all of them', async () => {
    const { points } = await sweepSamples({ ...(await two()), ...rest, layer: ['deep', 'flat'] })
    expect(named(points)).toEqual(['net.onnx deep none softmax lbfgs', 'net.onnx flat none softmax lbfgs'])
  })
})
