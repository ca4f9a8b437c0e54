import type { HeadOptions, SolverName } from './head-options.js'
import { trainSoftmax } from './train-softmax.js'
import type { HeadTrainer } from './trained-head.js'

/** What trains a head, by the name of `--solver`. */
export const headTrainers: Readonly<Record<SolverName, HeadTrainer>> = {
  lbfgs: trainSoftmax,
}

/** The solver that is meant: auto is L-BFGS for heads whose objective is convex. */
export function resolveSolver({ solver = 'auto' }: HeadOptions): SolverName {
  return solver === 'auto' ? 'lbfgs' : solver
}
