import { usageError } from '../base/errors.js'
import { argmaxRows } from '../heads/argmax.js'
import { accuracyOf } from '../heads/score.js'
import type { SolverName } from './head-options.js'
import { headTrainer } from './head-trainers.js'
import { studentInterval } from './interval.js'
import { subsetAccuracy } from './label-metrics.js'
import { labelsOf, type Split, targetsOf } from './split.js'
import type { Subsample } from './subsample.js'
import type { SweepPoint } from './sweep-point.js'
import { drawSize, type SweepSize } from './sweep-sizes.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

export interface SweepJob extends HeadJob {
  readonly solver: SolverName
  readonly repeats: number
}

/** A point without what it shares with its whole series. */
export type SizePoint = Pick<
  SweepPoint,
  'perClass' | 'total' | 'trainImages' | 'shortClasses' | 'repeats' | 'mean' | 'low' | 'high' | 'accuracies' | 'l2'
>

/** One size: settings from the first sub-sample, then a head on each sub-sample; all are tested on the same images. */
export async function sweepSize(size: SweepSize, job: SweepJob): Promise<SizePoint> {
  const { repeats, options, data, parts } = job
  const seed = options.seed ?? 0
  const draws = Array.from({ length: repeats }, (_, repeat) => drawSize(data.images, parts, size, { seed, repeat }))
  const [first, ...others] = draws
  if (!first) throw usageError('--repeats', 'a whole number above 0', repeats)
  const head = await trainOn(first, job)
  const { chosen } = head
  const accuracies = [await testAccuracy(head, parts)]
  for (const other of first.exhausted ? [] : others) {
    accuracies.push(await testAccuracy(await trainOn(other, { ...job, options: { ...options, ...chosen } }), parts))
  }
  return {
    perClass: size.perClass ?? first.samples.length / parts.classes.length,
    total: size.total,
    trainImages: first.samples.length,
    shortClasses: first.shortClasses,
    repeats: accuracies.length,
    ...studentInterval(accuracies),
    accuracies,
    l2: chosen.l2 ?? null,
  }
}

function trainOn({ samples }: Subsample, job: SweepJob): Promise<TrainedHead> {
  return headTrainer(job.solver)({ ...job, parts: { ...job.parts, train: samples } })
}

async function testAccuracy(head: TrainedHead, parts: Split): Promise<number> {
  const scores = await head.scores(parts.test)
  await head.close?.()
  return parts.targets ? subsetAccuracy(scores, targetsOf(parts, parts.test)) : accuracyOf(argmaxRows(scores), labelsOf(parts, parts.test))
}
