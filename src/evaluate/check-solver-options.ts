import { UserError } from '../base/errors.js'
import { parseHead } from '../heads/network/head-spec.js'
import { optimizerNames } from '../heads/optimizers/index.js'
import type { HeadOptions, SolverName } from './head-options.js'

/** Options that mean something to some solvers only, with these; those of mini-batches are told apart elsewhere. */
const meantFor: Readonly<Record<string, { readonly flag: string; readonly solvers: readonly SolverName[] }>> = {
  l2: { flag: '--l2', solvers: ['lbfgs', 'ridge', 'svm', ...optimizerNames] },
  labelSmoothing: { flag: '--label-smoothing', solvers: ['lbfgs', ...optimizerNames] },
  classWeights: { flag: '--class-weights', solvers: ['lbfgs', 'svm', ...optimizerNames] },
  neighbours: { flag: '--neighbours', solvers: ['knn'] },
}

/** Heads of no hidden layer that a solver trains; optimizers train any. */
const outputsOf: Readonly<Partial<Record<SolverName, readonly string[]>>> = {
  lbfgs: ['softmax', 'sigmoid'],
  ridge: ['softmax'],
  svm: ['softmax'],
  knn: ['softmax'],
  ncm: ['softmax'],
}

/** Refuses options that mean nothing to the solver. */
export function checkSolverOptions(solver: SolverName, options: HeadOptions): void {
  const given = new Map<string, unknown>(Object.entries(options))
  for (const [name, { flag, solvers }] of Object.entries(meantFor)) {
    if (given.get(name) === undefined || solvers.includes(solver)) continue
    throw new UserError(
      `Expected ${flag} with ${told(solvers)}, got --solver ${solver}, to which it means nothing. Leave it out, or choose another solver.`,
      2,
    )
  }
  const { head = 'softmax' } = options
  const { layers, output } = parseHead(head)
  const outputs = outputsOf[solver]
  if (outputs === undefined || (layers.length === 0 && outputs.includes(output))) return
  throw new UserError(
    `Expected ${told(optimizerNames)} for --head "${head}", got --solver ${solver}, which trains ${outputs.includes('sigmoid') ? 'softmax or sigmoid alone' : 'a head of its own'}. Leave out one of the two.`,
    2,
  )
}

/** "--solver ridge, svm or an optimizer such as adam" */
function told(solvers: readonly SolverName[]): string {
  const exact = solvers.filter((name) => !optimizerNames.some((optimizer) => optimizer === name))
  const names = exact.length < solvers.length && solvers.length > 1 ? [...exact, 'an optimizer such as adam'] : solvers
  const list = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  return exact.length > 0 || solvers.length === 1 ? `--solver ${list}` : 'an optimizer such as --solver adam'
}
