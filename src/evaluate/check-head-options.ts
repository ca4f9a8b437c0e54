import { UserError, usageError } from '../base/errors.js'
import { checkSolverOptions } from './check-solver-options.js'
import { batchOptions, type HeadOptions } from './head-options.js'
import { headPool } from './head-pool.js'
import { choosesOnValidation, isOptimizer, resolveSolver } from './head-trainers.js'

/**
 * Refuses options that contradict each other or mean nothing with the solver, and notes a choice that hardly anybody means.
 *
 * @param hasValidation whether there are images to validate on; default: as --validation says.
 * @throws UserError
 */
export function checkHeadOptions(options: HeadOptions, hasValidation = Number(options.validation ?? '0.1') !== 0): void {
  const { lr, grid, onNote } = options
  headPool(options)
  const solver = resolveSolver(options)
  checkSolverOptions(solver, options)
  if (isOptimizer(solver)) checkOptimizer(options, { solver, hasValidation })
  else checkExact(options, { solver, hasValidation })
  if (solver === 'adadelta' && lr === undefined && !grid?.lr) {
    onNote?.('Adadelta at its default rate in Keras 3, 0.001, hardly moves; published experiments mostly have --lr 1.')
  }
}

interface Checked {
  readonly solver: string
  readonly hasValidation: boolean
}

/** Solvers that go to the optimum. */
function checkExact(options: HeadOptions, { solver, hasValidation }: Checked): void {
  for (const [name, option] of Object.entries(batchOptions)) {
    const value = options[option]
    if (value === undefined) continue
    const found = typeof value === 'object' ? JSON.stringify(value) : value
    throw usageError(name, `left out with --solver ${solver}, which has no mini-batches`, found, 'Or choose --solver adam.')
  }
  if (!hasValidation) checkChoice(options)
}

/** Refuses to choose on no images. */
function checkChoice(options: HeadOptions): void {
  const { validation = '0.1' } = options
  if (!choosesOnValidation(options)) return
  const given = resolveSolver(options) === 'knn' ? ['the number of neighbours', '--neighbours'] : ['the L2', '--l2']
  if (Number(validation) !== 0) {
    throw new UserError(
      `Expected images to validate on, by which ${given[0]} is chosen, found none: classes are too small for --validation ${validation}, or the data set's own folders leave none. Give ${given[0]} with ${given[1]}.`,
      2,
    )
  }
  throw usageError('--validation', `above 0 where ${given[0]} is chosen on it`, validation, `Or give ${given[0]} with ${given[1]}.`)
}

function checkOptimizer(options: HeadOptions, { solver, hasValidation }: Checked): void {
  const { epochs, batch, patience, weightDecay, monitor } = options
  for (const [name, value] of Object.entries({ epochs, batch, patience })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) throw usageError(`--${name}`, 'a whole number above 0', value)
  }
  if (weightDecay !== undefined && solver !== 'adamw') {
    throw usageError('--weight-decay', `left out with --solver ${solver}: it is adamw's`, weightDecay, 'For a penalty give --l2.')
  }
  if (hasValidation) return
  if (monitor === 'val-loss' || monitor === 'val-accuracy') {
    throw usageError('--monitor', 'loss or accuracy without images to validate on', monitor)
  }
  if (patience !== undefined && monitor === undefined) {
    throw usageError(
      '--patience',
      'left out without images to validate on, which leaves nothing to watch',
      patience,
      'Or give --monitor loss.',
    )
  }
}
