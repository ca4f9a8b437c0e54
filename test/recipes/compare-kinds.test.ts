import { describe, expect, it } from 'vitest'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { compareKinds } from '../../src/recipes/compare-kinds.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { imageFolder } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const counts = { ant: 20, bee: 16, cow: 24 }

/** Weak codes with positions and strong ones without. */
async function twoKinds() {
  const { data, cache } = await codedDataSet({ counts, shape: [2, 2, 6], signal: 0.5 })
  await codedDataSet({ counts, shape: [8], signal: 2, model: 'b.onnx', layer: 'z', into: { data, cache } })
  return { data, cache, speed: 'runs' as const }
}

describe('compareKinds', () => {
  it('measures every kind under each pool on the same splits, as a sweep of one size does', async () => {
    const made = await twoKinds()
    const { rows, ...about } = await compareKinds({ ...made, perClass: 5, repeats: 3, seed: 3 })
    expect(about).toMatchObject({ images: 60, classes: 3, test: 19, repeats: 3, asked: 3, perClass: 5, seed: 3 })
    expect(rows.map(({ model, pool }) => `${model} ${pool}`).sort()).toEqual(['b.onnx none', 'net.onnx avg', 'net.onnx none'])
    for (const { model, pool, accuracies, accuracy, low, high } of rows) {
      const swept = [3, 4, 5].map((seed) => sweepSamples({ ...made, model, pool, seed, perClass: [5], repeats: 1 }))
      expect(accuracies).toEqual((await Promise.all(swept)).map(({ points }) => points[0]?.mean))
      expect(accuracy).toBeCloseTo(accuracies.reduce((sum, one) => sum + one, 0) / 3, 12)
      expect(low).toBeLessThanOrEqual(accuracy)
      expect(high).toBeGreaterThanOrEqual(accuracy)
    }
    expect(rows.map(({ accuracy }) => accuracy)).toEqual(rows.map(({ accuracy }) => accuracy).sort((a, b) => b - a))
  })

  it('tells length after pooling, bytes before it, whom nobody beats, and why a speed is not known', async () => {
    const { rows } = await compareKinds({ ...(await twoKinds()), pool: ['none', 'avg', 'concat'] })
    const [best, ...others] = rows
    expect(best).toMatchObject({ model: 'b.onnx', layer: 'z', codeLength: 8, bytes: 60 * 8 * 4, pareto: true })
    const lengths = Object.fromEntries(others.map(({ pool, codeLength, bytes, pareto }) => [pool, [codeLength, bytes, pareto]]))
    expect(lengths).toEqual({ none: [24, 60 * 24 * 4, false], avg: [6, 60 * 24 * 4, false], concat: [12, 60 * 24 * 4, false] })
    for (const { imagesPerSecond, speedFrom, speedNote } of rows)
      expect([imagesPerSecond, speedFrom, speedNote]).toEqual([
        null,
        null,
        'no run on this CPU made these codes alone, of 100 images or more',
      ])
  })

  it('takes one split where folders give the parts, and the one view that a head begins with', async () => {
    const part = (index: number) => (index % 3 === 0 ? ('test' as const) : ('train' as const))
    const made = await codedDataSet({ counts, shape: [2, 2, 6], part })
    const { rows, repeats, asked } = await compareKinds({ ...made, speed: 'runs', head: 'maxpool,softmax' })
    expect([repeats, asked]).toEqual([1, 5])
    expect(rows).toMatchObject([{ pool: 'max', low: null, high: null, codeLength: 6 }])
  })

  it('measures the speed of networks that are still there, and says why of others', async () => {
    const [data, cache] = [await imageFolder({ dark: 8, bright: 8 }), tempFolder()]
    const model = modelFile(convolution())
    for (const layer of ['conv', 'y']) await extractCodes({ data, cache, model, layer, workers: 1 })
    const { rows } = await compareKinds({ data, cache, pool: 'avg', repeats: 2, split: '0.5' })
    expect(rows).toHaveLength(2)
    for (const row of rows) {
      expect(row).toMatchObject({ speedFrom: 'measured', speedNote: 'measured in this run, on images of the data folder' })
      expect(row.imagesPerSecond).toBeGreaterThan(0)
    }
    const gone = await codedDataSet({ counts, shape: [6] })
    const [row] = (await compareKinds({ ...gone, repeats: 2 })).rows
    expect(row?.imagesPerSecond).toBeNull()
    expect(row?.speedNote).toMatch(/^its network cannot be had again: /)
  })

  it('says what is wrong with its options', async () => {
    const made = await twoKinds()
    await expectUsageError(() => compareKinds({ ...made, repeats: 0 }), 'Expected --repeats to be a whole number above 0, got 0.')
    await expectUsageError(() => compareKinds({ ...made, perClass: 1.5 }), 'Expected --per-class to be a whole number above 0, got 1.5.')
    const { message } = await userErrorOf(() => compareKinds({ ...made, classes: ['ant'] }))
    expect(message).toBe('Expected at least two classes, found only "ant". Add images of another class.')
  })
})
