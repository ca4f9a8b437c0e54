import { usageError } from '../base/errors.js'
import { balancedWeights } from '../heads/class-weights.js'
import { classCounts, trueCounts } from '../heads/labels.js'
import { labelsOf, targetsOf } from './split.js'
import type { HeadJob } from './trained-head.js'

/**
 * The weights of a job's classes, as its options say; undefined: all 1. Balanced ones are by the train part's counts; in a multi-label
 * set n / (2 n_c), by which an output's true samples weigh as much as half of all. What no sample of the train part has weighs nothing.
 *
 * @throws UserError where a class is named that there is not.
 */
export function classWeightsOf({ parts, options: { classWeights } }: Pick<HeadJob, 'parts' | 'options'>): readonly number[] | undefined {
  if (classWeights === undefined) return undefined
  const { classes, train, targets } = parts
  if (classWeights === 'balanced') {
    if (!targets) return balancedWeights(classCounts(labelsOf(parts, train), classes.length))
    return trueCounts(targetsOf(parts, train), classes.length).map((count) => (count === 0 ? 0 : train.length / (2 * count)))
  }
  const unknown = Object.keys(classWeights).find((name) => !classes.includes(name))
  if (unknown !== undefined)
    throw usageError('--class-weights', 'weights of classes that there are', unknown, `There are ${classes.join(', ')}.`)
  return classes.map((name) => (Object.hasOwn(classWeights, name) ? (classWeights[name] ?? 1) : 1))
}
