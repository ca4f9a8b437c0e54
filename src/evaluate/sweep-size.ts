import { argmaxRows } from '../heads/argmax.js'
import { accuracyOf } from '../heads/score.js'
import { headTrainer, resolveSolver } from './head-trainers.js'
import { type Interval, studentInterval } from './interval.js'
import { subsetAccuracy } from './label-metrics.js'
import { headOf } from './resolve-head.js'
import { labelsOf, targetsOf } from './split.js'
import type { Subsample } from './subsample.js'
import { testScores } from './test-scores.js'
import type { HeadJob, HeadSettings, TrainedHead } from './trained-head.js'

/** Heads on sub-samples of one size. */
export interface SweptSize extends Interval {
  readonly accuracies: readonly number[]
  /** Chosen on the first sub-sample. */
  readonly chosen: HeadSettings
}

/** A tenth of the objective may be left to gain: on Caltech-101 a tighter one costs a third more time and changes no accuracy by more than 0.3 points. */
const tolerance = 0.1

/** Settings from the first sub-sample, on the validation part; then a head on each, all tested on the same images. */
export async function sweepSize([first, ...others]: readonly Subsample[], job: Omit<HeadJob, 'refit'>): Promise<SweptSize> {
  if (!first) throw new Error('Expected at least one sub-sample')
  const { accuracy, chosen } = await trainOn(first, job)
  const accuracies = [accuracy]
  for (const other of others) accuracies.push((await trainOn(other, { ...job, options: { ...job.options, ...chosen } })).accuracy)
  return { ...studentInterval(accuracies), accuracies, chosen }
}

async function trainOn({ samples }: Subsample, job: Omit<HeadJob, 'refit'>) {
  const train = headTrainer(resolveSolver(job.options))
  const head = await train({ ...job, parts: { ...job.parts, train: samples }, refit: false, tolerance })
  try {
    return { accuracy: await testAccuracy(head, job), chosen: head.chosen }
  } finally {
    await head.close?.()
  }
}

/** In a multi-label set the share of images whose labels are all right. */
async function testAccuracy(head: TrainedHead, { parts, options }: Pick<HeadJob, 'parts' | 'options'>): Promise<number> {
  const scores = await testScores(head, parts, { ...options, head: headOf(options, parts), solver: resolveSolver(options) })
  return parts.targets === undefined
    ? accuracyOf(argmaxRows(scores), labelsOf(parts, parts.test))
    : subsetAccuracy(scores, targetsOf(parts, parts.test))
}
