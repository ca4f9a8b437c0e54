import { parseHead } from '../heads/network/head-spec.js'
import { type OptimizerName, optimizerNames } from '../heads/optimizers/index.js'
import type { HeadOptions, SolverName } from './head-options.js'
import { trainGridHead } from './train-grid-head.js'
import { trainLayers } from './train-layers.js'
import { trainSoftmax } from './train-softmax.js'
import type { HeadTrainer } from './trained-head.js'

/** What trains a head, by the name of `--solver`. */
export function headTrainer(solver: SolverName): HeadTrainer {
  return isOptimizer(solver) ? (job) => (job.options.grid ? trainGridHead(solver, job) : trainLayers(solver, job)) : exact[solver]
}

/** Solvers that go to the optimum. */
const exact: Readonly<Record<Exclude<SolverName, OptimizerName>, HeadTrainer>> = {
  lbfgs: trainSoftmax,
}

export function isOptimizer(solver: SolverName): solver is OptimizerName {
  return optimizerNames.some((name) => name === solver)
}

/** The solver that is meant: auto is L-BFGS for heads whose objective is convex and that it can train, else Adam. */
export function resolveSolver(options: HeadOptions): SolverName {
  const { solver = 'auto', head = 'softmax', epochs, batch, lr, l1, focal, grid } = options
  if (solver !== 'auto') return solver
  const byBatches = [epochs, batch, lr, l1, focal, grid].some((option) => option !== undefined)
  const { layers, output } = parseHead(head)
  return byBatches || layers.length > 0 || output === 'sigmoid' ? 'adam' : 'lbfgs'
}
