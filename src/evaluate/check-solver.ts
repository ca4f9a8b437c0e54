import { UserError } from '../base/errors.js'
import { parseHead } from '../heads/network/head-spec.js'
import type { DataSet } from './data-set.js'
import type { HeadOptions, SolverName } from './head-options.js'
import { isOptimizer } from './head-trainers.js'
import type { Split } from './split.js'

/** The head that is meant: softmax for one class of many, sigmoid where images have any number of labels. */
export function headOf({ head }: HeadOptions, { targets }: Split): string {
  return head ?? (targets === undefined ? 'softmax' : 'sigmoid')
}

/** Refuses a multi-label set where the head or the solver takes one class for each image. */
export function checkSolver(solver: SolverName, head: string, { targets, labels }: Pick<Split, 'targets'> & Pick<DataSet, 'labels'>): void {
  if (targets === undefined) return
  const found = `found images with several or none in ${labels}`
  if (parseHead(head).output === 'softmax') {
    throw new UserError(
      `Expected one label for each image, which is all that --head ${head} learns, ${found}. Use --head sigmoid, or one that ends with it.`,
    )
  }
  if (!isOptimizer(solver) && solver !== 'lbfgs') {
    throw new UserError(
      `Expected one label for each image, which is all that --solver ${solver} learns, ${found}. Use --solver lbfgs or adam.`,
    )
  }
}
