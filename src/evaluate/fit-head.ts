import { argmaxRows } from '../heads/argmax.js'
import { chooseL2 } from '../heads/choose-l2.js'
import { fitSoftmax, type SoftmaxFit } from '../heads/fit-softmax.js'
import { type LinearHead, logits } from '../heads/linear-head.js'
import { accuracyOf } from '../heads/score.js'
import type { Features } from './features.js'
import { labelsOf, type Split } from './split.js'

/** One step of the choice of λ: the head after training at it. */
export type HistoryEntry = {
  /** Iterations of L-BFGS so far. */
  readonly epoch: number
  readonly l2: number
  readonly loss: number
  readonly accuracy: number
  readonly valLoss: number
  readonly valAccuracy: number
}

/** A head and how it came about. */
export interface FittedHead {
  readonly fit: SoftmaxFit
  /** What it was trained on in the end. */
  readonly samples: Int32Array
  /** Iterations of L-BFGS, all λ together. */
  readonly epochs: number
  readonly history: readonly HistoryEntry[]
  /** Accuracy on the validation part, by the head that had not seen it; null without such a part. */
  readonly validation: number | null
}

/**
 * Trains a softmax head. Without `l2` it is chosen on the validation part, and the head is fitted again, at that L2, on
 * train and validation together, starting from the chosen head; with `l2` it is trained on the train part alone.
 */
export async function fitHead(features: Features, parts: Split, l2: number | undefined): Promise<FittedHead> {
  const { train, validation, classes } = parts
  const space = await features.space(train)
  const labels = labelsOf(parts, train)
  if (l2 !== undefined) {
    const fit = await fitSoftmax(space, labels, classes.length, { l2 })
    const validated =
      validation.length === 0 ? null : accuracyOf(await predict(features, fit, validation, train), labelsOf(parts, validation))
    return { fit, samples: train, epochs: fit.iterations, history: [], validation: validated }
  }
  const held = { features: features.of(validation, train), labels: labelsOf(parts, validation) }
  const choice = await chooseL2(features.gemm, space, { labels, classes: classes.length }, held)
  const samples = Int32Array.from([...train, ...validation])
  const start = features.kind === 'gram' ? withoutBlame(choice.fit, validation.length) : choice.fit
  const fit = await fitSoftmax(await features.space(samples), labelsOf(parts, samples), classes.length, { l2: choice.l2, start })
  let epoch = 0
  const history = choice.trials.map((trial): HistoryEntry => {
    epoch += trial.iterations
    const { train: seen, validation: unseen } = trial
    return { epoch, l2: trial.l2, loss: seen.loss, accuracy: seen.accuracy, valLoss: unseen.loss, valAccuracy: unseen.accuracy }
  })
  const chosen = choice.trials.find((trial) => trial.l2 === choice.l2)
  return { fit, samples, epochs: epoch + fit.iterations, history, validation: chosen?.validation.accuracy ?? null }
}

/** In Gram space: the head's A with rows of zeros for samples that it was not trained on. */
function withoutBlame({ coefficients, bias }: LinearHead, samples: number): LinearHead {
  const data = new Float32Array((coefficients.rows + samples) * coefficients.columns)
  data.set(coefficients.data)
  return { coefficients: { rows: coefficients.rows + samples, columns: coefficients.columns, data }, bias }
}

/** Predicted classes of some samples by a head that was trained on `train`. */
export async function predict(features: Features, head: LinearHead, samples: Int32Array, train: Int32Array): Promise<Int32Array> {
  return argmaxRows(await logits(features.gemm, head, features.of(samples, train)))
}
