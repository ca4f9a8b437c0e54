import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compareSeries } from '../../src/evaluate/compare-series.js'
import { holm } from '../../src/evaluate/holm.js'
import { sweepPoint } from '../report/sweep-points.js'

interface Pair {
  readonly name: string
  readonly a: readonly number[]
  readonly b: readonly number[]
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly p: number
}
const { pairs }: { pairs: Pair[] } = JSON.parse(readFileSync(new URL('../fixtures/learning-curves.json', import.meta.url), 'utf8'))

describe('compareSeries', () => {
  it.each(pairs)("is scipy's paired t-test: $name", ({ a, b, difference, low, high, p }) => {
    const [found, ...others] = compareSeries([sweepPoint({ model: 'a', accuracies: a }), sweepPoint({ model: 'b', accuracies: b })])
    expect(others).toEqual([])
    expect(found).toMatchObject({ a: 'a', b: 'b', perClass: 5, total: null })
    for (const [mine, theirs] of [
      [found?.difference, difference],
      [found?.low, low],
      [found?.high, high],
      [found?.p, p],
      [found?.uncorrectedP, p],
    ])
      expect(mine).toBeCloseTo(theirs ?? Number.NaN, 9)
  })
  it('compares every two series at every size, and corrects for all of it', () => {
    const points = ['a', 'b', 'c'].flatMap((model, m) =>
      [5, 10].map((perClass, s) =>
        sweepPoint({ model, perClass, accuracies: [0.8 + m / 50, 0.82 + m / 60 - s / 90, 0.81 + (m * s) / 70] }),
      ),
    )
    const compared = compareSeries(points)
    expect(compared.map(({ a, b, perClass }) => `${a} ${b} ${perClass}`)).toEqual(['a b 5', 'a b 10', 'a c 5', 'a c 10', 'b c 5', 'b c 10'])
    expect(compared.map(({ p }) => p)).toEqual(holm(compared.map(({ uncorrectedP }) => uncorrectedP)))
  })
  it.each([
    ['one series', [sweepPoint({ perClass: 5 }), sweepPoint({ perClass: 10 })]],
    ['the same images in every repeat', [sweepPoint({ model: 'a', accuracies: [0.9] }), sweepPoint({ model: 'b', accuracies: [0.8] })]],
    [
      'differences that do not vary',
      [sweepPoint({ model: 'a', accuracies: [0.8, 0.9] }), sweepPoint({ model: 'b', accuracies: [0.7, 0.8] })],
    ],
  ])('has nothing to say of %s', (_, points) => {
    expect(compareSeries(points)).toEqual([])
  })
  it('gives p = 1 where nothing differs', () => {
    expect(compareSeries([sweepPoint({ model: 'a' }), sweepPoint({ model: 'b' })])).toMatchObject([
      { difference: 0, low: 0, high: 0, p: 1 },
    ])
  })
  it('tells totals', () => {
    const change = { total: 100, accuracies: [0.8, 0.9] }
    expect(compareSeries([sweepPoint({ ...change, model: 'a' }), sweepPoint({ ...change, model: 'b' })])).toMatchObject([{ total: 100 }])
  })
})

it.each([
  [[], []],
  [[0.04], [0.04]],
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ], // Holm's own steps: ×4, ×3, ×2, ×1
  [
    [0.9, 0.8],
    [1, 1],
  ],
])('holm %j', (values, corrected) => {
  expect(holm(values).map((p) => Number(p.toFixed(12)))).toEqual(corrected)
})
