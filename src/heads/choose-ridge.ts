import type { Matrix } from '../engine/gemm.js'
import { argmaxRows } from './argmax.js'
import type { Labels } from './labels.js'
import { meanSquare, type Ridge, type RidgeFit } from './ridge/ridge-problem.js'
import { accuracyOf, isBetter, type Score } from './score.js'

/** One λ. */
export interface RidgeTrial {
  readonly l2: number
  /** Mean squared error and accuracy on the samples, by the head and by the heads that leave each out. */
  readonly train: Score
  readonly leftOut: Score
}

export interface RidgeChoice {
  readonly fit: RidgeFit
  readonly trials: readonly RidgeTrial[]
}

/** Strong to weak, in units of the mean squared norm of the centred codes. */
export const ridgeGrid: readonly number[] = [1e-2, 1e-3, 1e-4, 3e-5, 1e-5, 3e-6]
/** A left-out loss this many times the lowest so far ends the path. */
const WORSE = 1.1

/** Chooses λ by the accuracy on left-out samples, ties by their loss. A λ too small for float32 ends the path. */
export async function chooseRidge(
  solver: Ridge,
  labels: Labels,
  l2s: readonly number[] = ridgeGrid.map((ratio) => ratio * solver.scale),
): Promise<RidgeChoice | undefined> {
  const trials: RidgeTrial[] = []
  let best: { readonly fit: RidgeFit; readonly score: Score } | undefined
  let lowest = Number.POSITIVE_INFINITY
  for (const l2 of l2s) {
    const made = await solver.fit(l2)
    if (!made) break
    const scored = (scores: Matrix): Score => ({
      accuracy: accuracyOf(argmaxRows(scores), labels),
      loss: meanSquare(solver.targets, scores),
    })
    const score = scored(made.leftOut)
    trials.push({ l2: made.l2, train: scored(made.fitted), leftOut: score })
    if (!best || isBetter(score, best.score)) best = { fit: made, score }
    lowest = Math.min(lowest, score.loss)
    if (score.loss > WORSE * lowest) break
  }
  return best && { fit: best.fit, trials }
}
