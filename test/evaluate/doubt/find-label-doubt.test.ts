import { describe, expect, it } from 'vitest'
import { findLabelDoubt } from '../../../src/evaluate/doubt/find-label-doubt.js'
import { codedDataSet } from '../../helpers/coded-data-set.js'
import { labelFile } from '../../helpers/label-file.js'
import { expectUsageError, userErrorOf } from '../../helpers/thrown.js'

const classes = { ant: 30, bee: 30, cat: 30 }
const flipped: Readonly<Record<string, string>> = { 'ant/3.png': 'bee', 'ant/9.png': 'cat', 'bee/0.png': 'ant', 'cat/29.png': 'ant' }

describe('findLabelDoubt', () => {
  it.each([
    ['weight space', [12]],
    ['gram space', [2, 2, 100]],
  ])('ranks flipped labels first in %s, counts them as wrong and suggests the right ones', async (_, shape) => {
    const { data, cache, files } = await codedDataSet({ counts: classes, shape })
    const labels = labelFile(files.map(({ path, label }) => `${path},${flipped[path] ?? label}`))
    const { doubts, estimatedErrors, accuracy, classes: told, ...doubt } = await findLabelDoubt({ data, cache, labels })
    const first = doubts.slice(0, 4)
    expect(Object.fromEntries(first.map(({ path, label }) => [path, label]))).toEqual(flipped)
    for (const { path, suggested, isError, selfConfidence } of first)
      expect([`${suggested}/`, isError, selfConfidence < 0.3]).toEqual([path.replace(/[^/]+$/, ''), true, true])
    expect(doubts.filter(({ isError }) => isError)).toHaveLength(4)
    expect(accuracy).toBeCloseTo(86 / 90, 12)
    expect(Math.round(estimatedErrors)).toBeOneOf([4, 5, 6])
    expect(doubt).toMatchObject({ images: 90, judged: 90, folds: 5, seed: 0, pool: 'none', conflicts: [] })
    expect(doubt.farFromClass.map(({ path }) => path).sort()).toEqual(Object.keys(flipped).sort())
    expect(told.map(({ label, images, isTooSmall }) => [label, images, isTooSmall])).toEqual([
      ['ant', 30, false],
      ['bee', 30, false],
      ['cat', 30, false],
    ])
  })

  it('gives the same again, and with other folds another rank of what is sure', async () => {
    const { data, cache } = await codedDataSet({ counts: classes, shape: [4] })
    const numbers = async (seed: number) =>
      (await findLabelDoubt({ data, cache, seed })).doubts.map(({ path, selfConfidence }) => [path, selfConfidence])
    expect(await numbers(0)).toEqual(await numbers(0))
    expect(await numbers(1)).not.toEqual(await numbers(0))
  })

  it('judges neither classes with fewer images than folds, nor byte-equal images in several', async () => {
    const { data, cache, files } = await codedDataSet({ counts: { ant: 20, bee: 20, cat: 4, dog: 1 }, shape: [6] })
    const doubt = await findLabelDoubt({ data, cache })
    expect(doubt).toMatchObject({ images: 45, judged: 40 })
    expect(doubt.classes.map(({ label, isTooSmall, selfConfidence }) => [label, isTooSmall, selfConfidence === null])).toEqual([
      ['ant', false, false],
      ['bee', false, false],
      ['cat', true, true],
      ['dog', true, true],
    ])
    expect(doubt.doubts.some(({ path }) => path.startsWith('cat'))).toBe(false)
    expect(files).toHaveLength(45)
  })

  it('refuses what cannot be judged', async () => {
    const { data, cache, files } = await codedDataSet({ counts: { ant: 20, bee: 4 }, shape: [6] })
    await expectUsageError(() => findLabelDoubt({ data, cache, folds: 1 }), 'Expected --folds to be a whole number above 1, got 1.')
    expect((await userErrorOf(() => findLabelDoubt({ data, cache }))).message).toBe(
      'Expected at least two classes of 5 different images or more, one for each fold, found 1. Add images, or take fewer --folds.',
    )
    const several = labelFile(files.map(({ path, label }) => `${path},${label};pet`))
    expect((await userErrorOf(() => findLabelDoubt({ data, cache, labels: several }))).message).toBe(
      `Expected one label for each image, found several in ${several}. Doubt of several labels is not told yet.`,
    )
    const flat = await codedDataSet({ counts: { ant: 20, bee: 20 }, shape: [6], flat: true })
    expect((await userErrorOf(() => findLabelDoubt({ data: flat.data, cache: flat.cache }))).message).toContain(
      'found images in none. Give their labels with --labels FILE.csv',
    )
  })
})
