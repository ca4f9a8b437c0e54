import { usageError } from '../base/errors.js'
import { checkSolverOptions } from './check-solver-options.js'
import { batchOptions, type HeadOptions } from './head-options.js'
import { headPool } from './head-pool.js'
import { choosesOnValidation, isOptimizer, resolveSolver } from './head-trainers.js'

/**
 * Refuses options that contradict each other or mean nothing with the solver, and notes a choice that hardly anybody means.
 *
 * @throws UserError
 */
export function checkHeadOptions(options: HeadOptions): void {
  const { lr, grid, onNote } = options
  headPool(options)
  const solver = resolveSolver(options)
  checkSolverOptions(solver, options)
  if (isOptimizer(solver)) checkOptimizer(options, solver)
  else checkExact(options, solver)
  if (solver === 'adadelta' && lr === undefined && !grid?.lr) {
    onNote?.('Adadelta at its default rate in Keras 3, 0.001, hardly moves; published experiments mostly have --lr 1.')
  }
}

/** Solvers that go to the optimum. */
function checkExact(options: HeadOptions, solver: string): void {
  for (const [name, option] of Object.entries(batchOptions)) {
    const value = options[option]
    if (value === undefined) continue
    const found = typeof value === 'object' ? JSON.stringify(value) : value
    throw usageError(name, `left out with --solver ${solver}, which has no mini-batches`, found, 'Or choose --solver adam.')
  }
  checkValidation(options)
}

/** Refuses to choose on no images. */
function checkValidation(options: HeadOptions): void {
  const { validation = '0.1' } = options
  if (Number(validation) !== 0 || !choosesOnValidation(options)) return
  const given = resolveSolver(options) === 'knn' ? ['the number of neighbours', '--neighbours'] : ['the L2', '--l2']
  throw usageError('--validation', `above 0 where ${given[0]} is chosen on it`, validation, `Or give ${given[0]} with ${given[1]}.`)
}

function checkOptimizer(options: HeadOptions, solver: string): void {
  const { epochs, batch, patience, weightDecay, monitor, validation = '0.1' } = options
  for (const [name, value] of Object.entries({ epochs, batch, patience })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) throw usageError(`--${name}`, 'a whole number above 0', value)
  }
  if (weightDecay !== undefined && solver !== 'adamw') {
    throw usageError('--weight-decay', `left out with --solver ${solver}: it is adamw's`, weightDecay, 'For a penalty give --l2.')
  }
  if (Number(validation) !== 0) return
  if (monitor === 'val-loss' || monitor === 'val-accuracy') {
    throw usageError('--monitor', 'loss or accuracy with --validation 0', monitor)
  }
  if (patience !== undefined && monitor === undefined) {
    throw usageError('--patience', 'left out with --validation 0, which leaves nothing to watch', patience, 'Or give --monitor loss.')
  }
}
