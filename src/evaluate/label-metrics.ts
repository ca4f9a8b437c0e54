import type { Matrix } from '../engine/gemm.js'
import type { ClassCounts } from './class-report.js'

/** Counts of each label: scores [m, C] above 0 are predictions (a probability above 0.5), targets [m, C] of 0 and 1. */
export function labelCounts({ columns, data }: Matrix, targets: Uint8Array): ClassCounts[] {
  const [support, predicted, right] = [new Int32Array(columns), new Int32Array(columns), new Int32Array(columns)]
  targets.forEach((target, at) => {
    const [label, guess] = [at % columns, (data[at] ?? 0) > 0 ? 1 : 0]
    support[label] = (support[label] ?? 0) + target
    predicted[label] = (predicted[label] ?? 0) + guess
    right[label] = (right[label] ?? 0) + target * guess
  })
  return Array.from(support, (count, label) => ({ support: count, predicted: predicted[label] ?? 0, right: right[label] ?? 0 }))
}

/** Share of samples whose set of labels is exactly right, 0…1. */
export function subsetAccuracy({ rows, columns, data }: Matrix, targets: Uint8Array): number {
  let right = 0
  for (let row = 0; row < rows; row++) {
    const own = targets.subarray(row * columns, (row + 1) * columns)
    if (own.every((target, label) => (data[row * columns + label] ?? 0) > 0 === (target === 1))) right++
  }
  return right / rows
}

/** Share of single decisions, a sample and a label each, that are wrong, 0…1. */
export function hammingLoss({ data }: Matrix, targets: Uint8Array): number {
  return targets.reduce((wrong, target, at) => wrong + ((data[at] ?? 0) > 0 === (target === 1) ? 0 : 1), 0) / targets.length
}

/**
 * Average precision of one label: Σ (Rᵢ − Rᵢ₋₁) Pᵢ over the scores as thresholds, from the largest; equal scores are one threshold.
 * As scikit-learn's average_precision_score.
 *
 * @returns undefined where no sample has the label.
 */
export function averagePrecision({ rows, columns, data }: Matrix, targets: Uint8Array, label: number): number | undefined {
  const at = (row: number) => row * columns + label
  const score = (row: number) => data[at(row)] ?? 0
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => score(b) - score(a))
  let [seen, right, before, sum] = [0, 0, 0, 0]
  order.forEach((row, place) => {
    seen++
    right += targets[at(row)] ?? 0
    const next = order[place + 1]
    if (next !== undefined && score(next) === score(row)) return
    sum += ((right - before) * right) / seen
    before = right
  })
  return right === 0 ? undefined : sum / right
}
