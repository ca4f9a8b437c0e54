import { argmaxRows } from '../heads/argmax.js'
import { classMeans } from '../heads/class-means.js'
import { accuracyOf } from '../heads/score.js'
import { linearParts } from './linear-parts.js'
import { labelsOf } from './split.js'
import type { HeadJob, TrainedHead } from './trained-head.js'

/**
 * The nearest class mean: nothing is chosen. The validation part is told apart by the means of the train part, then takes part in the
 * means.
 */
export async function trainMeans({ parts, refit, isSwept, ...job }: HeadJob): Promise<TrainedHead> {
  const { train, validation, classes } = parts
  const features = await job.features()
  const meansOf = async (samples: Int32Array) => {
    const head = await classMeans(await features.space(samples), labelsOf(parts, samples), classes.length)
    return linearParts(features, head, samples, 'linear')
  }
  const accuracyOn = async (samples: Int32Array, { scores }: Pick<TrainedHead, 'scores'>) =>
    accuracyOf(argmaxRows(await scores(samples)), labelsOf(parts, samples))
  const first = await meansOf(train)
  const held = !isSwept && validation.length > 0 ? await accuracyOn(validation, first) : null
  const samples = refit ? Int32Array.from([...train, ...validation]) : train
  const head = refit && validation.length > 0 ? await meansOf(samples) : first
  return {
    samples,
    epochs: 1,
    history: [],
    accuracy: { train: await accuracyOn(samples, head), validation: held },
    chosen: {},
    ...head,
  }
}
