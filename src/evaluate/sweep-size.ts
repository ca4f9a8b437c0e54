import { headTrainer, resolveSolver } from './head-trainers.js'
import { type Interval, studentInterval } from './interval.js'
import { cleanAccuracy, type Leak } from './leaks.js'
import { headOf } from './resolve-head.js'
import type { Subsample } from './subsample.js'
import { accuracyOfScores } from './test-measures.js'
import { testScores } from './test-scores.js'
import type { HeadJob, HeadSettings, TrainedHead } from './trained-head.js'

/** Heads on sub-samples of one size. */
export interface SweptSize extends Interval {
  readonly accuracies: readonly number[]
  /** Without the test images that are leaked; null where none is. */
  readonly cleanAccuracies: readonly number[] | null
  /** Chosen on the first sub-sample. */
  readonly chosen: HeadSettings
}

/** A tenth of the objective may be left to gain: on Caltech-101 a tighter one costs a third more time and changes no accuracy by more than 0.3 points. */
const tolerance = 0.1

interface SweepJob extends Omit<HeadJob, 'refit' | 'isSwept'> {
  readonly leaks: readonly Leak[]
}

/** Settings from the first sub-sample, on the validation part; then a head on each, all tested on the same images. */
export async function sweepSize([first, ...others]: readonly Subsample[], job: SweepJob): Promise<SweptSize> {
  if (!first) throw new Error('Expected at least one sub-sample')
  const { chosen, ...tested } = await trainOn(first, job)
  const all: Tested[] = [tested]
  for (const other of others) all.push(await trainOn(other, { ...job, options: { ...job.options, ...chosen } }))
  const accuracies = all.map(({ accuracy }) => accuracy)
  const clean = all.flatMap(({ clean }) => clean ?? [])
  return { ...studentInterval(accuracies), accuracies, cleanAccuracies: clean.length > 0 ? clean : null, chosen }
}

/** Accuracies of one head. */
interface Tested {
  readonly accuracy: number
  readonly clean: number | null
}

async function trainOn({ samples }: Subsample, job: SweepJob): Promise<Tested & Pick<SweptSize, 'chosen'>> {
  const train = headTrainer(resolveSolver(job.options))
  const head = await train({ ...job, parts: { ...job.parts, train: samples }, refit: false, isSwept: true, tolerance })
  try {
    return { ...(await tested(head, job)), chosen: head.chosen }
  } finally {
    await head.close?.()
  }
}

async function tested(head: TrainedHead, { parts, options, leaks }: SweepJob): Promise<Tested> {
  const scores = await testScores(head, parts, { ...options, head: headOf(options, parts), solver: resolveSolver(options) })
  return { accuracy: accuracyOfScores(scores, parts), clean: cleanAccuracy(scores, parts, leaks) }
}
