import type { Matrix } from '../engine/gemm.js'
import { type ConvexLoss, scoreBy } from './convex/convex-loss.js'
import type { LinearFit } from './fit-linear.js'
import type { LinearHead } from './linear-head.js'
import { LinearSolver, type MinimiseOptions } from './linear-solver.js'
import { isBetter, type Score } from './score.js'
import type { Space } from './space.js'

export interface ChooseL2Options extends MinimiseOptions {
  /** λ in units of `space.scale`, from strong to weak; default `l2Grid`. */
  readonly grid?: readonly number[] | undefined
}

/** The validation part: the logits [m, C] that a head gives it, and their loss. */
export interface Validation {
  readonly logits: (head: LinearHead) => Promise<Matrix>
  readonly loss: ConvexLoss
}

/** One λ of the path. */
export interface L2Trial {
  readonly l2: number
  readonly iterations: number
  readonly objective: number
  readonly train: Score
  readonly validation: Score
}

export interface L2Choice {
  /** λ of the best trial. */
  readonly l2: number
  /** Its head, trained on the train samples alone. */
  readonly fit: LinearFit
  readonly trials: readonly L2Trial[]
}

/**
 * Strong to weak, in units of the mean squared norm of the centred codes.
 *
 * Caltech-101, EfficientNet-Lite0: 3e-5 … 1e-8 are equal within the validation part's noise, flat or pooled, at 5 to 42 images a class.
 */
export const l2Grid: readonly number[] = [1e-2, 1e-3, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6]
/** A validation loss this many times the lowest so far ends the path. */
const WORSE = 1.25

/**
 * Chooses λ by accuracy on the validation part, ties by the lower validation loss.
 *
 * One solver walks the whole path: each λ starts at the last one's head with all curvature learnt so far: 20 steps in all.
 */
export async function chooseL2(
  space: Space,
  loss: ConvexLoss,
  validation: Validation,
  { grid = l2Grid, tolerance = 0.1, ...options }: ChooseL2Options = {},
): Promise<L2Choice> {
  const solver = await LinearSolver.create(space, loss)
  const trials: L2Trial[] = []
  let best: { fit: LinearFit; score: Score } | undefined
  let lowest = Number.POSITIVE_INFINITY
  for (const ratio of grid) {
    const l2 = ratio * space.scale
    const minimum = await solver.minimise(l2, { tolerance, ...options })
    const head = solver.head()
    const score = scoreBy(validation.loss, await validation.logits(head))
    trials.push({
      l2,
      iterations: minimum.iterations,
      objective: minimum.objective,
      train: { accuracy: solver.accuracy(), loss: minimum.loss },
      validation: score,
    })
    if (!best || isBetter(score, best.score)) best = { fit: { ...head, ...minimum, l2, accuracy: solver.accuracy() }, score }
    lowest = Math.min(lowest, score.loss)
    if (score.loss > WORSE * lowest) break
  }
  if (!best) throw new Error('Expected the grid to hold at least one value, got none')
  return { l2: best.fit.l2, fit: best.fit, trials }
}
