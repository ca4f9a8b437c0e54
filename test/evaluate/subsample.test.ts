import { describe, expect, it } from 'vitest'
import { splitImages } from '../../src/evaluate/split.js'
import { subsample, subsampleTotal } from '../../src/evaluate/subsample.js'
import { imagesOf } from './images.js'

const images = imagesOf({ cat: 100, dog: 60, emu: 10 }) // train without validation: 63, 38, 6
const split = splitImages(images, { split: '0.7', validation: '0.1', seed: 0 })
const perClass = (samples: Int32Array) => [0, 1, 2].map((label) => samples.filter((sample) => split.labels[sample] === label).length)

describe('subsample', () => {
  it.each([
    { k: 1, counts: [1, 1, 1], shortClasses: 0, exhausted: false },
    { k: 6, counts: [6, 6, 6], shortClasses: 0, exhausted: false },
    { k: 7, counts: [7, 7, 6], shortClasses: 1, exhausted: false },
    { k: 63, counts: [63, 38, 6], shortClasses: 2, exhausted: true },
    { k: 1000, counts: [63, 38, 6], shortClasses: 3, exhausted: true },
  ])('takes at most $k images of each class', ({ k, counts, shortClasses, exhausted }) => {
    const chosen = subsample(images, split, k, { seed: 0, repeat: 0 })
    expect(perClass(chosen.samples)).toEqual(counts)
    expect(chosen).toMatchObject({ shortClasses, exhausted })
  })
  it('takes train images only, each once', () => {
    const { samples } = subsample(images, split, 30, { seed: 0, repeat: 2 })
    const train = new Set(split.train)
    expect(samples.every((sample) => train.has(sample))).toBe(true)
    expect(new Set(samples).size).toBe(samples.length)
  })
  it('is nested in k', () => {
    const larger = new Set(subsample(images, split, 20, { seed: 0, repeat: 1 }).samples)
    expect(subsample(images, split, 10, { seed: 0, repeat: 1 }).samples.every((sample) => larger.has(sample))).toBe(true)
  })
  it('differs between repeats and seeds, and is the same again', () => {
    const of = (seed: number, repeat: number) => subsample(images, split, 10, { seed, repeat }).samples
    expect(of(0, 0)).toEqual(of(0, 0))
    expect(of(0, 1)).not.toEqual(of(0, 0))
    expect(of(1, 0)).not.toEqual(of(0, 0))
  })
  it('does not depend on the order of the images', () => {
    const turned = images.toReversed()
    const other = splitImages(turned, { split: '0.7', validation: '0.1', seed: 0 })
    const names = (of: typeof images, samples: Int32Array) => Array.from(samples, (sample) => of[sample]?.sha256).sort()
    expect(names(turned, subsample(turned, other, 5, { seed: 0, repeat: 3 }).samples)).toEqual(
      names(images, subsample(images, split, 5, { seed: 0, repeat: 3 }).samples),
    )
  })
})

describe('subsampleTotal', () => {
  it.each([
    { total: 3, counts: [1, 1, 1] },
    { total: 12, counts: [7, 4, 1] },
    { total: 53, counts: [31, 19, 3] },
    { total: 107, counts: [63, 38, 6] },
  ])('takes $total images in proportion to the classes', ({ total, counts }) => {
    const { samples, exhausted } = subsampleTotal(images, split, total, { seed: 0, repeat: 0 })
    const found = perClass(samples)
    expect(found.reduce((sum, count) => sum + count, 0)).toBe(total)
    for (const [at, count] of counts.entries()) expect(Math.abs((found[at] ?? 0) - count)).toBeLessThanOrEqual(1)
    expect(Math.min(...found)).toBeGreaterThan(0)
    expect(exhausted).toBe(total === 107)
  })

  it('is nested, and differs between repeats', () => {
    const of = (total: number, repeat: number) => subsampleTotal(images, split, total, { seed: 0, repeat }).samples
    const larger = new Set(of(60, 1))
    expect(of(20, 1).every((sample) => larger.has(sample))).toBe(true)
    expect(of(20, 0)).not.toEqual(of(20, 1))
  })
})
