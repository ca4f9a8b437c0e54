import { expect, test } from 'vitest'
import type { SeriesComparison } from '../../src/evaluate/compare-series.js'
import { comparisonTable } from '../../src/report/comparison-table.js'

const comparison = (change: Partial<SeriesComparison> = {}): SeriesComparison => ({
  ...{ a: 'x', b: 'y', perClass: 5, total: null, difference: 0.0123, low: -0.004, high: 0.0286, p: 0.0416, uncorrectedP: 0.01 },
  ...change,
})

test('comparisonTable shows all of a few comparisons', () => {
  const less = comparison({ perClass: 10, difference: -0.02, low: -0.03, high: -0.01, p: 0.00001 })
  expect(comparisonTable([comparison(), less])?.split('\n')).toEqual([
    'series  less  per class  points  95 % interval        p',
    '──────  ────  ─────────  ──────  ─────────────  ───────',
    'x       y             5    +1.2    −0.4 … +2.9    0.042',
    'x       y            10    −2.0    −3.0 … −1.0  < 0.001',
    'p: paired t-test on the same sub-samples, corrected for 2 comparisons (Holm).',
  ])
})

test('comparisonTable shows the largest size of many', () => {
  const many = ['p', 'q', 'r'].flatMap((b) => [5, 10, 20, 30, 40].map((perClass) => comparison({ b, perClass })))
  const lines = comparisonTable(many)?.split('\n') ?? []
  expect(lines.slice(2, -1).map((line) => line.split(/\s+/).slice(1, 3))).toEqual([
    ['p', '40'],
    ['q', '40'],
    ['r', '40'],
  ])
  expect(lines.at(-1)).toBe('p: paired t-test on the same sub-samples, corrected for 15 comparisons (Holm). 12 more are in the JSON.')
})

test('comparisonTable of totals, and of nothing', () => {
  expect(comparisonTable([comparison({ total: 1200 })])).toMatch(/^series +less +images +points/)
  expect(comparisonTable([])).toBeUndefined()
})
