import type { Matrix } from '../engine/gemm.js'
import { argmaxRows } from './argmax.js'
import type { Labels } from './labels.js'

/** How well logits fit labels. */
export interface Score {
  /** Share of samples whose largest logit is their own class's. */
  readonly accuracy: number
  /** Mean cross-entropy. */
  readonly loss: number
}

/** More accurate, or as accurate at a lower loss. */
export function isBetter(a: Score, b: Score): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.loss < b.loss)
}

/** Share of predictions that are the label. */
export function accuracyOf(predicted: Int32Array, labels: Labels): number {
  let right = 0
  for (let i = 0; i < predicted.length; i++) if (predicted[i] === labels[i]) right++
  return right / predicted.length
}

/** Scores logits [n, C] of samples with these labels. */
export function scoreLogits(logits: Matrix, labels: Labels): Score {
  const predicted = argmaxRows(logits)
  let loss = 0
  for (const [row, label] of labels.entries()) {
    const values = logits.data.subarray(row * logits.columns, (row + 1) * logits.columns)
    const top = values[predicted[row] ?? 0] ?? 0
    loss += Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0)) + top - (values[label] ?? 0)
  }
  return { accuracy: accuracyOf(predicted, labels), loss: loss / labels.length }
}
