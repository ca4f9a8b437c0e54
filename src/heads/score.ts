import type { Labels } from './labels.js'

/** How well a head fits samples. */
export interface Score {
  /** Share of samples that it predicts right. */
  readonly accuracy: number
  /** Mean of what was made small: cross-entropy, squared hinge or squared error. */
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
