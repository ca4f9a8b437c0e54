import type { Labels } from './cross-entropy.js'
import type { LinearHead } from './linear-head.js'
import { type MinimiseOptions, type Minimum, SoftmaxSolver } from './softmax-solver.js'
import type { Space } from './space.js'

export interface SoftmaxOptions extends MinimiseOptions {
  /** λ of f = mean cross-entropy + λ‖W‖², in the codes' own units: try 1e-7 … 1e-3 of `space.scale`. scikit-learn's C = 1 / (2 n λ). */
  readonly l2: number
  /** Where to start; default W = 0. A head of some of these samples serves, its A filled up with rows of zeros. */
  readonly start?: LinearHead
}

/** A trained head and how its training ended. */
export interface SoftmaxFit extends LinearHead, Minimum {
  readonly l2: number
}

/** Trains a softmax head; the same input gives the same bits on one machine and thread count. */
export async function fitSoftmax(
  space: Space,
  labels: Labels,
  classes: number,
  { l2, start, ...options }: SoftmaxOptions,
): Promise<SoftmaxFit> {
  const solver = await SoftmaxSolver.create(space, labels, classes, start)
  const minimum = await solver.minimise(l2, options)
  return { ...solver.head(), ...minimum, l2 }
}
