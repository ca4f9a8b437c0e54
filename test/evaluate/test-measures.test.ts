import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { matrix } from '../../src/engine/gemm.js'
import type { Split } from '../../src/evaluate/split.js'
import { testMeasures } from '../../src/evaluate/test-measures.js'

/** By scikit-learn, see scripts/make_metrics.py. */
const reference = JSON.parse(readFileSync('test/fixtures/metrics.json', 'utf8'))
const close = (value: number) => expect.closeTo(value, 12)
const none = Int32Array.of()

const rowsOf = (rows: readonly (readonly number[])[]) => matrix(rows.length, rows[0]?.length ?? 0, Float32Array.from(rows.flat()))
const names = (count: number) => Array.from({ length: count }, (_, label) => `c${label}`)

/** A split whose test part are all samples, in the order of their numbers. */
const testAll = (samples: number, of: Pick<Split, 'classes' | 'labels' | 'targets'>): Split => ({
  ...of,
  train: none,
  validation: none,
  test: Int32Array.from({ length: samples }, (_, sample) => sample),
  conflicts: [],
})

describe('testMeasures', () => {
  it('gives the figures of scikit-learn for one label each', () => {
    const { labels, scores, precision, recall, f1, support, confusion, ...of } = reference.classes
    const classes = names(7)
    const measures = testMeasures(rowsOf(scores), testAll(labels.length, { classes, labels: Int32Array.from(labels) }))
    expect(measures).toEqual({
      testAccuracy: close(of.accuracy),
      multiLabel: false,
      balancedAccuracy: close(of.balancedAccuracy),
      topFive: close(of.topFive),
      confusion,
      classReport: classes.map((label, c) => ({
        label,
        precision: close(precision[c]),
        recall: close(recall[c]),
        f1: close(f1[c]),
        support: support[c],
        predicted: confusion.reduce((sum: number, row: number[]) => sum + (row[c] ?? 0), 0),
      })),
    })
  })

  it('gives no top five for five classes', () => {
    const parts = testAll(2, { classes: names(5), labels: Int32Array.of(0, 4) })
    const measures = testMeasures(matrix(2, 5, Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0)), parts)
    expect(measures).toMatchObject({ testAccuracy: 0.5, topFive: null })
  })

  it('takes of equal scores the first as larger for the top five, as the prediction does', () => {
    const parts = testAll(2, { classes: names(6), labels: Int32Array.of(4, 5) })
    expect(testMeasures(matrix(2, 6), parts)).toMatchObject({ topFive: 0.5 })
  })

  it('gives the figures of scikit-learn for several labels', () => {
    const { targets, scores, averagePrecision, precision, recall, f1, support, ...of } = reference.labels
    const classes = names(5)
    const several = { classes, labels: new Int32Array(targets.length), targets: Uint8Array.from(targets.flat()) }
    expect(testMeasures(rowsOf(scores), testAll(targets.length, several))).toEqual({
      testAccuracy: close(of.accuracy),
      multiLabel: true,
      f1: { micro: close(of.micro), macro: close(of.macro) },
      meanAveragePrecision: close(of.meanAveragePrecision),
      hammingLoss: close(of.hammingLoss),
      classReport: classes.map((label, c) => ({
        label,
        precision: close(precision[c]),
        recall: close(recall[c]),
        f1: close(f1[c]),
        support: support[c],
        predicted: scores.filter((row: number[]) => (row[c] ?? 0) > 0).length,
        averagePrecision: averagePrecision[c] === null ? null : close(averagePrecision[c]),
      })),
    })
  })
})
