import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/base/histogram.js'
import { seededRandom, shuffle } from '../../src/base/random.js'
import { expectClose } from '../helpers/expect-close.js'

const random = seededRandom(3)
const shares = [0, 0.00001, 0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999, 0.99999, 1]

/** The value that a share of the sorted numbers lies below. */
const exactQuantile = (sorted: Float32Array, share: number) =>
  sorted[Math.min(Math.max(Math.ceil(share * sorted.length) - 1, 0), sorted.length - 1)] ?? Number.NaN

function histogramOf(...batches: readonly Float32Array[]): Histogram {
  const histogram = new Histogram()
  for (const batch of batches) expect(histogram.add(batch)).toBe(true)
  return histogram
}

const quantilesOf = (histogram: Histogram) => shares.map((share) => histogram.quantile(share))

describe('Histogram', () => {
  it('refuses numbers that are not finite, and counts none of their batch', () => {
    const histogram = histogramOf(Float32Array.of(1, 2))
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(histogram.add(Float32Array.of(7, bad, -7))).toBe(false)
    }
    expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([1, 2])
  })

  it('has no quantiles of nothing', () => {
    expect(() => new Histogram().quantile(0.5)).toThrow('Expected numbers in the histogram, found none')
    expect(() => histogramOf(new Float32Array()).quantile(1)).toThrow('Expected numbers in the histogram, found none')
  })

  it.each<[string, (at: number) => number]>([
    ['even', () => random() * 2 - 1],
    ['from 0 on, half of them 0', () => Math.max(random() * 60 - 30, 0)],
    ['with a long tail', () => Math.tan((random() - 0.5) * 3)],
    ['all below 0', () => -5 - random()],
    ['tiny', () => random() * 1e-9],
    ['growing', (at) => at * (random() - 0.5)],
  ])('gives the quantiles of numbers that are %s, to a 4096th of the largest', (_, make) => {
    const values = Float32Array.from({ length: 50_000 }, (_, at) => make(at))
    const histogram = histogramOf(...[0, 100, 20_000].map((from, i, starts) => values.subarray(from, starts[i + 1])))
    const sorted = values.slice().sort()
    const largest = Math.max(...sorted.subarray(0, 1).map(Math.abs), ...sorted.subarray(-1).map(Math.abs))
    expectClose(
      quantilesOf(histogram),
      shares.map((share) => exactQuantile(sorted, share)),
      { absolute: largest / 4096 },
    )
    expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([sorted[0], sorted.at(-1)])
  })

  it('depends on neither order nor batches, the first ones being 0', () => {
    const values = Float32Array.from({ length: 4096 }, (_, at) => (at < 100 ? 0 : (random() - 0.5) * 10 ** ((at % 12) - 6)))
    const mixed = shuffle(values.slice(), seededRandom(8))
    const one = quantilesOf(histogramOf(values.subarray(0, 100), values.subarray(100, 101), values.subarray(101)))
    expect(quantilesOf(histogramOf(mixed))).toEqual(one)
    expect(quantilesOf(histogramOf(mixed.subarray(0, 9), mixed.subarray(9)))).toEqual(one)
  })

  it('of zeros alone is 0', () => expect(quantilesOf(histogramOf(new Float32Array(9)))).toEqual(shares.map(() => 0)))
})
