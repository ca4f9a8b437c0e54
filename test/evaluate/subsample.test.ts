import { describe, expect, it } from 'vitest'
import { splitImages } from '../../src/evaluate/split.js'
import { rankTrain, subsample } from '../../src/evaluate/subsample.js'
import { imagesOf } from './images.js'

const images = imagesOf({ cat: 100, dog: 60, emu: 10 }) // train without validation: 63, 38, 6
const options = { split: '0.7', validation: '0.1', seed: 0 }
const split = splitImages(images, options)
const ofClasses = (samples: Int32Array) => [0, 1, 2].map((label) => samples.filter((sample) => split.labels[sample] === label).length)
const ranked = (seed: number, repeat: number) => rankTrain(images, split, { seed, repeat })
const perClass = (count: number, seed = 0, repeat = 0) => subsample(ranked(seed, repeat), { unit: 'per-class', count })
const total = (count: number, seed = 0, repeat = 0) => subsample(ranked(seed, repeat), { unit: 'total', count })

describe('subsample per class', () => {
  it.each([
    { k: 1, counts: [1, 1, 1], shortClasses: 0, exhausted: false },
    { k: 6, counts: [6, 6, 6], shortClasses: 0, exhausted: false },
    { k: 7, counts: [7, 7, 6], shortClasses: 1, exhausted: false },
    { k: 63, counts: [63, 38, 6], shortClasses: 2, exhausted: true },
    { k: 1000, counts: [63, 38, 6], shortClasses: 3, exhausted: true },
  ])('takes at most $k images of each class', ({ k, counts, shortClasses, exhausted }) => {
    const chosen = perClass(k)
    expect(ofClasses(chosen.samples)).toEqual(counts)
    expect(chosen).toMatchObject({ shortClasses, exhausted })
  })
})

describe('subsample of a total', () => {
  it.each([
    { n: 1, counts: [1, 0, 0] }, // the largest classes first
    { n: 2, counts: [1, 1, 0] },
    { n: 3, counts: [1, 1, 1] },
    { n: 10, counts: [6, 3, 1] }, // exact shares: 5.9, 3.6, 0.6
    { n: 50, counts: [29, 18, 3] }, // 29.4, 17.8, 2.8
    { n: 106, counts: [62, 38, 6] },
    { n: 107, counts: [63, 38, 6] },
  ])('takes $n images in proportion to the classes, one each first', ({ n, counts }) => {
    const { samples, shortClasses, exhausted } = total(n)
    expect(ofClasses(samples)).toEqual(counts)
    expect({ shortClasses, exhausted }).toEqual({ shortClasses: 0, exhausted: n === 107 })
  })
  it('is within an image of the exact share, and nested, at every size', () => {
    let before = total(1)
    for (let n = 3; n <= 107; n++) {
      const { samples } = total(n)
      for (const [at, size] of [63, 38, 6].entries()) {
        const share = Math.max(1, (n * size) / 107)
        expect(Math.abs((ofClasses(samples)[at] ?? 0) - share)).toBeLessThanOrEqual(1)
      }
      const larger = new Set(samples)
      expect(before.samples.every((sample) => larger.has(sample))).toBe(true)
      before = total(n)
    }
  })
})

describe.each([
  ['per class', perClass, [10, 20, 30]],
  ['of a total', total, [30, 60, 90]],
] as const)('subsample %s', (_, take, [small, medium, large]) => {
  it('takes train images only, each once', () => {
    const { samples } = take(large, 0, 2)
    const train = new Set(split.train)
    expect(samples.every((sample) => train.has(sample))).toBe(true)
    expect(new Set(samples).size).toBe(samples.length)
  })
  it('is nested in size', () => {
    const larger = new Set(take(medium, 0, 1).samples)
    expect(take(small, 0, 1).samples.every((sample) => larger.has(sample))).toBe(true)
  })
  it('differs between repeats and seeds, and is the same again', () => {
    expect(take(small, 0, 0)).toEqual(take(small, 0, 0))
    expect(take(small, 0, 1)).not.toEqual(take(small, 0, 0))
    expect(take(small, 1, 0)).not.toEqual(take(small, 0, 0))
  })
})

it('ranks images by content, not by their order', () => {
  const turned = images.toReversed()
  const other = rankTrain(turned, splitImages(turned, options), { seed: 0, repeat: 3 })
  const names = (of: typeof images, ranks: ReturnType<typeof ranked>) => ranks.map((members) => members.map((index) => of[index]?.sha256))
  expect(names(turned, other)).toEqual(names(images, ranked(0, 3)))
})
