import { UserError } from '../base/errors.js'
import { parseHead } from '../heads/network/head-spec.js'
import { checkHeadOptions } from './check-head-options.js'
import type { DataSet } from './data-set.js'
import type { HeadOptions, SolverName } from './head-options.js'
import { isOptimizer, resolveSolver } from './head-trainers.js'
import type { Split } from './split.js'

/** The head that is meant: softmax for one class of many, sigmoid where images have any number of labels. */
export function headOf({ head }: HeadOptions, { targets }: Split): string {
  return head ?? (targets === undefined ? 'softmax' : 'sigmoid')
}

export type ResolvedHead = HeadOptions & { readonly head: string; readonly solver: SolverName }

/**
 * The options with the head and the solver that are meant, checked against each other and against the labels.
 *
 * @throws UserError
 */
export function resolveHead(given: HeadOptions, parts: Split, data: Pick<DataSet, 'labels'>): ResolvedHead {
  const options = { ...given, head: headOf(given, parts) }
  const solver = resolveSolver(options)
  checkLabels(solver, options.head, { ...parts, labels: data.labels })
  checkHeadOptions(options, parts.validation.length > 0)
  return { ...options, solver }
}

/** Refuses a multi-label set where the head or the solver takes one class for each image. */
function checkLabels(solver: SolverName, head: string, { targets, labels }: Pick<Split, 'targets'> & Pick<DataSet, 'labels'>): void {
  if (targets === undefined) return
  const found = `found images with several or none in ${labels}`
  if (parseHead(head).output === 'softmax') {
    throw new UserError(
      `Expected one label for each image, which is all that --head ${head} learns, ${found}. Use --head sigmoid, or one that ends with it.`,
    )
  }
  if (!isOptimizer(solver) && solver !== 'lbfgs') {
    throw new UserError(
      `Expected one label for each image, which is all that --solver ${solver} learns, ${found}. Leave --solver out, or use lbfgs or adam.`,
    )
  }
}
