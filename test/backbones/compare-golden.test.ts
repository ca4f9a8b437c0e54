import { describe, expect, it } from 'vitest'
import { compareGolden } from '../../src/backbones/compare-golden.js'
import { type Golden, places } from '../../src/backbones/golden.js'

/** 2 × 2 positions of 3 channels: 0 … 11. */
const output = Float32Array.from({ length: 12 }, (_, at) => at)
const shape = [2, 2, 3]
const golden: Golden = { shape, std: 2, values: [0, 3, 7, 11], gap: [4.5, 5.5, 6.5], first: [] }

it('places are spread evenly from the first number to the last', () => {
  expect(places(golden)).toEqual([0, 3, 7, 11])
  expect(places({ ...golden, shape: [8, 8, 2048], values: Array(64).fill(0) }).slice(-3)).toEqual([126_910, 128_990, 131_071])
})

describe('compareGolden', () => {
  it('finds no difference where there is none', () => {
    const { cosine, worst } = compareGolden(output, shape, golden)
    expect(cosine).toBeCloseTo(1, 12)
    expect(worst).toBe(0)
  })

  it.each<[string, Float32Array, number[], number, number]>([
    ['a value at a place', output.with(7, 8), shape, 0.99813, 0.5],
    ['a value elsewhere, by its channel', output.with(1, 13), shape, 0.977, 1.5],
    ['everything twice as large', output.map((value) => 2 * value), shape, 1, 5.5],
    ['the shape', output, [4, 3], 0, Number.POSITIVE_INFINITY],
  ])('tells %s', (_, data, dims, cosine, worst) => {
    const found = compareGolden(data, dims, golden)
    expect(found.cosine).toBeCloseTo(cosine, 3)
    expect(found.worst).toBe(worst)
  })

  it('never passes what is no number', () => {
    const { cosine, worst } = compareGolden(output.with(3, Number.NaN), shape, golden)
    expect([cosine, worst]).toEqual([Number.NaN, Number.NaN])
  })
})
