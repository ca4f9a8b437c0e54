import { UserError } from '../base/errors.js'
import { rowsOf } from '../engine/gemm.js'
import { argmaxRows } from '../heads/argmax.js'
import { chooseRidge, type RidgeTrial } from '../heads/choose-ridge.js'
import { ridge } from '../heads/ridge/ridge.js'
import { accuracyOf } from '../heads/score.js'
import type { Features } from './features.js'
import { linearParts } from './linear-parts.js'
import { labelsOf } from './split.js'
import type { HeadJob, HistoryEntry, TrainedHead } from './trained-head.js'

/**
 * Trains a ridge head in closed form, on train and validation together: λ is chosen by leaving each of these samples out in turn, which
 * costs nothing more, so none need be kept back. The accuracy on the validation part is that of left-out samples.
 *
 * @throws UserError where the codes are too long for a matrix of their products.
 */
export async function trainRidge({ parts, options, refit, ...job }: HeadJob): Promise<TrainedHead> {
  const { l2, gramLimit = 2e9 } = options
  const { train, validation, classes } = parts
  const samples = refit ? Int32Array.from([...train, ...validation]) : train
  const labels = labelsOf(parts, samples)
  const features = await job.features()
  checkLength(features, gramLimit)
  const solver = await ridge(features.gemm, features.kind, await features.of(samples, samples), { labels, classes: classes.length })
  if (!(solver.scale > 0))
    throw new UserError(`Expected images whose codes differ for --solver ridge, found ${samples.length} alike. Train on more.`)
  const choice = await chooseRidge(solver, labels, l2 === undefined ? undefined : [l2])
  if (!choice)
    throw new UserError(
      `Expected an L2 that float32 can solve ridge regression with, found ${l2 ?? 'every one'} too small. Give a larger --l2, or leave it out.`,
    )
  const { fit, trials } = choice
  const held = rowsOf(fit.leftOut, train.length, samples.length)
  return {
    samples,
    epochs: trials.length,
    history: l2 === undefined ? historyOf(trials) : [],
    accuracy: {
      train: accuracyOf(argmaxRows(fit.fitted), labels),
      validation: held.rows === 0 ? null : accuracyOf(argmaxRows(held), labels.subarray(train.length)),
    },
    chosen: { l2: fit.l2 },
    ...linearParts(features, fit, samples, 'linear'),
  }
}

/** Refuses codes whose products with each other do not fit where the Gram matrix does not either. */
function checkLength({ kind, codeLength }: Features, gramLimit: number): void {
  if (kind === 'gram' || 4 * codeLength ** 2 <= gramLimit) return
  throw new UserError(
    `Expected a Gram matrix within --gram-limit for --solver ridge on codes of ${codeLength} numbers, found too many images. Use a larger --gram-limit, --pool avg, or --solver lbfgs.`,
  )
}

/** Losses are mean squared errors; the validation columns are of left-out samples. */
function historyOf(trials: readonly RidgeTrial[]): HistoryEntry[] {
  return trials.map(({ l2, train, leftOut }, at) => ({
    epoch: at + 1,
    l2,
    loss: train.loss,
    accuracy: train.accuracy,
    valLoss: leftOut.loss,
    valAccuracy: leftOut.accuracy,
  }))
}
