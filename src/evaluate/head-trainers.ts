import { parseHead } from '../heads/network/head-spec.js'
import { type OptimizerName, optimizerNames } from '../heads/optimizers/index.js'
import { batchOptions, type HeadOptions, type SolverName } from './head-options.js'
import { trainGridHead } from './train-grid-head.js'
import { trainLayers } from './train-layers.js'
import { trainMeans } from './train-means.js'
import { trainNeighbours } from './train-neighbours.js'
import { trainRidge } from './train-ridge.js'
import { trainSoftmax } from './train-softmax.js'
import { trainSvm } from './train-svm.js'
import type { HeadTrainer } from './trained-head.js'

/** What trains a head, by the name of `--solver`. */
export function headTrainer(solver: SolverName): HeadTrainer {
  return isOptimizer(solver) ? (job) => (job.options.grid ? trainGridHead(solver, job) : trainLayers(solver, job)) : exact[solver]
}

/** Solvers that go to the optimum. */
const exact: Readonly<Record<Exclude<SolverName, OptimizerName>, HeadTrainer>> = {
  lbfgs: trainSoftmax,
  ridge: trainRidge,
  svm: trainSvm,
  knn: trainNeighbours,
  ncm: trainMeans,
}

export function isOptimizer(solver: SolverName): solver is OptimizerName {
  return optimizerNames.some((name) => name === solver)
}

/**
 * The solver that is meant: auto is L-BFGS for heads whose objective is convex and that it can train, else Adam, or AdamW where its
 * weight decay is given.
 */
export function resolveSolver(options: HeadOptions): SolverName {
  const { solver = 'auto', head = 'softmax', weightDecay } = options
  if (solver !== 'auto') return solver
  if (weightDecay !== undefined) return 'adamw'
  const byBatches = Object.values(batchOptions).some((option) => options[option] !== undefined)
  return byBatches || parseHead(head).layers.length > 0 ? 'adam' : 'lbfgs'
}

/** Whether a setting is left to be chosen on the validation part. */
export function choosesOnValidation(options: HeadOptions): boolean {
  const solver = resolveSolver(options)
  if (solver === 'knn') return options.neighbours === undefined
  return (solver === 'lbfgs' || solver === 'svm') && options.l2 === undefined
}

/** What a head is called: its layers, or the solver where these say nothing of it. */
export function headName(options: HeadOptions): string {
  const solver = resolveSolver(options)
  return solver === 'lbfgs' || isOptimizer(solver) ? (options.head ?? 'softmax') : solver
}
