import type { ConvexLoss } from './convex/convex-loss.js'
import type { LinearHead } from './linear-head.js'
import { LinearSolver, type MinimiseOptions, type Minimum, type SolverOptions } from './linear-solver.js'
import type { Space } from './space.js'

export interface LinearOptions extends MinimiseOptions, SolverOptions {
  /** λ of f = loss + λ‖W‖², in the codes' own units: try 1e-7 … 1e-3 of `space.scale`. scikit-learn's C = 1 / (2 n λ). */
  readonly l2: number
}

/** A trained head and how its training ended. */
export interface LinearFit extends LinearHead, Minimum {
  readonly l2: number
  /** Share of the train samples that it predicts right. */
  readonly accuracy: number
}

/** Steps, where nothing else is asked for. */
export const mostIterations = 200

/** λ of the way there from W = 0, in units of `space.scale`; each is left as soon as no more than 0.3 of its objective can be left to gain. */
const WAY = { ratios: [1e-3, 1e-4, 1e-5, 1e-6, 1e-7], tolerance: 0.3 }

/**
 * Trains a linear head; the same input gives the same bits on one machine and thread count.
 *
 * Without a start a weak λ is approached from strong ones: half the steps (14 for 28 at 1e-6 of the scale, 2,871 flat codes), since a
 * first step that all but separates the classes teaches L-BFGS nothing of the curvature.
 */
export async function fitLinear(space: Space, loss: ConvexLoss, options: LinearOptions): Promise<LinearFit> {
  const { l2, start, capacity, maxIterations = mostIterations, tolerance = 1e-2 } = options
  const solver = await LinearSolver.create(space, loss, { start, capacity })
  const way = start ? [] : WAY.ratios.map((ratio) => ratio * space.scale).filter((stronger) => stronger > 3 * l2)
  let taken = 0
  for (const stronger of way) {
    const { iterations } = await solver.minimise(stronger, { tolerance: WAY.tolerance, maxIterations: maxIterations - taken })
    taken += iterations
  }
  const minimum = await solver.minimise(l2, { tolerance, maxIterations: maxIterations - taken })
  return { ...solver.head(), ...minimum, iterations: minimum.iterations + taken, l2, accuracy: solver.accuracy() }
}
