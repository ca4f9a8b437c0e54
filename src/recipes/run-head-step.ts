import { accuracyAmong, type CountedAccuracy } from '../evaluate/accuracy-among.js'
import { keepHead } from '../evaluate/keep-head.js'
import { measureHead } from '../evaluate/measure-head.js'
import { runFacts } from '../evaluate/run-facts.js'
import type { Split } from '../evaluate/split.js'
import { argmaxRows } from '../heads/argmax.js'
import type { EpochEntry } from '../heads/network/train-network.js'
import type { HeadStep } from './published/recipe.js'
import { shorten } from './shorten.js'
import type { CodesContext, StepRunner } from './step-context.js'
import { confusionOf, trainingFiles } from './step-figures.js'
import type { MeasuredRow } from './step-result.js'

/** Trains a head as train-head does, saves it, and measures it once more without the images that may not count. */
export const runHeadStep: StepRunner<HeadStep, CodesContext> = async (step, context) => {
  const { data, split, validation, seed, name, training } = context
  const short = shorten(step.options, context)
  const onEpoch = (history: readonly EpochEntry[]) => context.onEpoch?.(history, short.epochs ?? history.length)
  const options = { ...short, ...training, split, validation, seed, onEpoch }
  const started = performance.now()
  const { figures, parts, head, answers, checks } = await measureHead(data, options)
  try {
    const predicted = argmaxRows(await head.scores(parts.test))
    const result = { ...figures, ...runFacts({ started, words: undefined, models: [] }) }
    const bundle = await keepHead({ data, parts, head, answers, checks, name, onNote: training.onNote, result })
    if (bundle !== null) head.finish?.()
    return {
      rows: measuredRows(predicted, parts, context),
      deviations: [],
      files: await trainingFiles(step, figures, context),
      confusion: confusionOf(figures),
      figures: { ...figures, bundle },
    }
  } finally {
    await head.close?.()
  }
}

/** The accuracy on all test images, and without those that the user lists or that are pictures of the train part. */
function measuredRows(predicted: Int32Array, parts: Split, context: CodesContext): MeasuredRow[] {
  const { data, near, duplicates, without } = context
  const same = new Set(duplicates.map(({ test }) => test))
  const isListed = (sample: number) => [data.images[sample]?.path, data.images[sample]?.sha256].some((key) => without?.has(key ?? ''))
  const listed = new Set(parts.test.filter(isListed))
  const among = (what: string, left: ReadonlySet<number>) => row(what, accuracyAmong(predicted, parts, left))
  return [
    among('all test images', new Set()),
    ...(near === undefined ? [] : [among(`without near-duplicates of train images (cosine from ${near})`, same)]),
    ...(without === undefined
      ? []
      : [among(listed.size === 0 ? 'without the listed images: none is a test image' : 'without the listed images', listed)]),
    ...(near === undefined || without === undefined ? [] : [among('without both', new Set([...same, ...listed]))]),
  ]
}

const row = (what: string, measured: CountedAccuracy): MeasuredRow => ({ what, ...measured, low: null, high: null })
