import { argmaxRows } from '../heads/argmax.js'
import { chooseL2, type L2Trial } from '../heads/choose-l2.js'
import { fitSoftmax, type SoftmaxFit } from '../heads/fit-softmax.js'
import type { LinearHead } from '../heads/linear-head.js'
import { accuracyOf } from '../heads/score.js'
import type { Features } from './features.js'
import { labelsOf } from './split.js'
import type { HeadJob, HistoryEntry, TrainedHead } from './trained-head.js'

/**
 * Trains a softmax head by L-BFGS. Without `l2` it is chosen on the validation part, and the head is fitted again, at that L2, on
 * train and validation together, starting from the chosen head; with `l2` it is trained on the train part alone.
 */
export async function trainSoftmax(job: HeadJob): Promise<TrainedHead> {
  const { parts, options, tolerance, refit } = job
  const { train, validation, classes } = parts
  const features = await job.features()
  const space = await features.space(train)
  const labels = labelsOf(parts, train)
  if (options.l2 !== undefined) {
    const fit = await fitSoftmax(space, labels, classes.length, { l2: options.l2, tolerance })
    const head = trained(features, fit, { samples: train, history: [], before: 0, validation: null })
    if (validation.length === 0 || !refit) return head
    const predicted = argmaxRows(await head.scores(validation))
    return { ...head, accuracy: { ...head.accuracy, validation: accuracyOf(predicted, labelsOf(parts, validation)) } }
  }
  const held = { logits: await features.scorer(validation, train), labels: labelsOf(parts, validation) }
  const choice = await chooseL2(space, { labels, classes: classes.length }, held, { tolerance })
  const history = historyOf(choice.trials)
  const chosen = choice.trials.find((trial) => trial.l2 === choice.l2)
  const told = { history, before: history.at(-1)?.epoch ?? 0, validation: chosen?.validation.accuracy ?? null }
  if (!refit) return trained(features, choice.fit, { ...told, samples: train, before: told.before - choice.fit.iterations })
  const samples = Int32Array.from([...train, ...validation])
  const start = features.kind === 'gram' ? withoutBlame(choice.fit, validation.length) : choice.fit
  const fit = await fitSoftmax(await features.space(samples), labelsOf(parts, samples), classes.length, { l2: choice.l2, start, tolerance })
  return trained(features, fit, { ...told, samples })
}

interface Told {
  readonly samples: Int32Array
  readonly history: readonly HistoryEntry[]
  /** Iterations before the last fit. */
  readonly before: number
  readonly validation: number | null
}

function trained(features: Features, fit: SoftmaxFit, { samples, history, before, validation }: Told): TrainedHead {
  return {
    samples,
    history,
    epochs: before + fit.iterations,
    accuracy: { train: fit.accuracy, validation },
    chosen: { l2: fit.l2 },
    ...linearParts(features, fit, samples),
  }
}

/** What is common to linear heads: where they live, their scores, and their layer. */
export function linearParts(features: Features, head: LinearHead, samples: Int32Array): Pick<TrainedHead, 'space' | 'scores' | 'layers'> {
  return {
    space: features.kind,
    scores: async (others) => (await features.scorer(others, samples))(head),
    layers: async () => {
      const kernel = await features.weights(head, samples)
      const bias = Float32Array.from(head.bias)
      const tensors = { kernel: { shape: [kernel.rows, kernel.columns], data: kernel.data }, bias: { shape: [bias.length], data: bias } }
      return [{ type: 'dense', settings: { activation: 'softmax' }, tensors }]
    },
  }
}

function historyOf(trials: readonly L2Trial[]): HistoryEntry[] {
  let epoch = 0
  return trials.map(({ iterations, l2, train, validation }) => {
    epoch += iterations
    return { epoch, l2, loss: train.loss, accuracy: train.accuracy, valLoss: validation.loss, valAccuracy: validation.accuracy }
  })
}

/** In Gram space: the head's A with rows of zeros for samples that it was not trained on. */
function withoutBlame({ coefficients, bias }: LinearHead, samples: number): LinearHead {
  const data = new Float32Array((coefficients.rows + samples) * coefficients.columns)
  data.set(coefficients.data)
  return { coefficients: { rows: coefficients.rows + samples, columns: coefficients.columns, data }, bias }
}
