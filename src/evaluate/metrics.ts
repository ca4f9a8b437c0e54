import type { Matrix } from '../engine/gemm.js'

/** Counts of predictions: rows are the true classes, columns the predicted ones, [C, C] row-major. */
export function confusionMatrix(predicted: Int32Array, labels: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes * classes)
  labels.forEach((label, at) => {
    const cell = label * classes + (predicted[at] ?? 0)
    counts[cell] = (counts[cell] ?? 0) + 1
  })
  return counts
}

/** Share of samples whose class is among the k largest scores of [m, C]; of equal scores the first count as larger, 0…1. */
export function topAccuracy({ columns, data }: Matrix, labels: Int32Array, k: number): number {
  let right = 0
  labels.forEach((label, row) => {
    const scores = data.subarray(row * columns, (row + 1) * columns)
    const own = scores[label] ?? 0
    const before = scores.reduce((count, score, at) => count + (score > own || (score === own && at < label) ? 1 : 0), 0)
    if (before < k) right++
  })
  return right / labels.length
}

/** Mean over the classes that occur of the share of their samples that is predicted right, 0…1. */
export function balancedAccuracy(predicted: Int32Array, labels: Int32Array, classes: number): number {
  const counts = confusionMatrix(predicted, labels, classes)
  const recalls = Array.from({ length: classes }, (_, label) => {
    const row = counts.subarray(label * classes, (label + 1) * classes)
    const total = row.reduce((sum, count) => sum + count, 0)
    return total === 0 ? [] : [(row[label] ?? 0) / total]
  }).flat()
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
}
