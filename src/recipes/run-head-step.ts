import { accuracyAmong, type CountedAccuracy } from '../evaluate/accuracy-among.js'
import { keepHead } from '../evaluate/keep-head.js'
import { measureHead } from '../evaluate/measure-head.js'
import type { Split } from '../evaluate/split.js'
import { argmaxRows } from '../heads/argmax.js'
import type { EpochEntry } from '../heads/network/train-network.js'
import { trainingPlot } from '../report/training-plot.js'
import { writePlot } from '../report/write-plot.js'
import type { HeadStep } from './published/recipe.js'
import { shorten } from './shorten.js'
import type { StepContext, StepRunner } from './step-context.js'
import type { MeasuredRow } from './step-result.js'

/** Trains a head as train-head does, saves it, and measures it once more without the images that may not count. */
export const runHeadStep: StepRunner<HeadStep> = async (step, context) => {
  const { data, split, validation, seed, name, out, training } = context
  const short = shorten(step.options, context)
  const onEpoch = (history: readonly EpochEntry[]) => context.onEpoch?.(history, short.epochs ?? history.length)
  const options = { ...short, ...training, split, validation, seed, onEpoch }
  const { figures, parts, head } = await measureHead(data, options)
  try {
    const predicted = argmaxRows(await head.scores(parts.test))
    const bundle = await keepHead({ data, parts, head, name, onNote: training.onNote, result: { ...figures } })
    if (bundle !== null) head.finish?.()
    const { history, kept } = figures
    const files = history.length > 0 ? await writePlot(out, name, trainingPlot({ history, kept, title: step.title })) : []
    const augment = step.augment === undefined ? [] : [`Trained on plain images; the original changes them at random (${step.augment}).`]
    const confusion = figures.multiLabel ? undefined : { classes: parts.classes, counts: figures.confusion }
    return { rows: measuredRows(predicted, parts, context), deviations: augment, files, confusion, figures: { ...figures, bundle } }
  } finally {
    await head.close?.()
  }
}

/** The accuracy on all test images, and without those that the user lists or that are pictures of the train part. */
function measuredRows(predicted: Int32Array, parts: Split, context: StepContext): MeasuredRow[] {
  const { data, near, duplicates, without } = context
  const same = new Set(duplicates.map(({ test }) => test))
  const isListed = (sample: number) => [data.images[sample]?.path, data.images[sample]?.sha256].some((key) => without?.has(key ?? ''))
  const listed = new Set(parts.test.filter(isListed))
  const among = (what: string, left: ReadonlySet<number>) => row(what, accuracyAmong(predicted, parts, left))
  return [
    among('all test images', new Set()),
    ...(near === undefined ? [] : [among(`without near-duplicates of train images (cosine from ${near})`, same)]),
    ...(without === undefined ? [] : [among('without the listed images', listed)]),
    ...(near === undefined || without === undefined ? [] : [among('without both', new Set([...same, ...listed]))]),
  ]
}

const row = (what: string, measured: CountedAccuracy): MeasuredRow => ({ what, ...measured, low: null, high: null })
