import { UserError } from '../base/errors.js'
import type { DataSet } from './data-set.js'
import type { SolverName } from './head-options.js'
import type { Split } from './split.js'

/** Solvers that learn several labels for each image, from `targets`. */
const multiLabelSolvers: readonly SolverName[] = []

/** Refuses a multi-label set where the solver takes one class for each image. */
export function checkSolver(solver: SolverName, { targets }: Split, { labels }: DataSet): void {
  if (targets === undefined || multiLabelSolvers.includes(solver)) return
  throw new UserError(
    `Expected one label for each image, which is all that --solver ${solver} learns, found images with several or none in ${labels}. Give each image one label, or leave the others out.`,
  )
}
