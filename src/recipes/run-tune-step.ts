import type { FineTuneResult } from '../finetune/fine-tune.js'
import { fineTune } from '../finetune/fine-tune.js'
import type { EpochEntry } from '../heads/network/train-network.js'
import type { FineTuneStep } from './published/recipe.js'
import { shorten } from './shorten.js'
import type { StepRunner, TuneContext } from './step-context.js'
import { confusionOf, trainingFiles } from './step-figures.js'
import type { MeasuredRow } from './step-result.js'
import { tuneStart } from './tune-start.js'

/** Trains layers of the network as fine-tune does; what goes into them is cached. */
export const runTuneStep: StepRunner<FineTuneStep, TuneContext> = async (step, context) => {
  const { tuned, tail, name, training, without } = context
  const options = shorten(step.options, context)
  const onEpoch = (history: readonly EpochEntry[]) => context.onEpoch?.(history, options.epochs ?? history.length)
  const figures = await fineTune({ ...tuned, ...options, ...tuneStart(context), ...tail, ...training, name, onEpoch })
  const listed = without === undefined ? [] : [`"${step.title}" is told on all test images only, the listed ones among them.`]
  return {
    rows: tunedRows(figures),
    deviations: [...context.deviations, ...listed],
    files: await trainingFiles(step, figures, context),
    confusion: confusionOf(figures),
    figures: { ...figures },
  }
}

/** The test images first, then those that the epoch was chosen on. What the head alone can do is told by the step that trained it. */
function tunedRows({ accuracy, validation, test }: FineTuneResult): MeasuredRow[] {
  const row = (what: string, accuracy: number | null, images: number): MeasuredRow[] =>
    accuracy === null ? [] : [{ what, accuracy, images, low: null, high: null }]
  return [
    ...row('all test images', accuracy.test, test),
    ...row('validation images, by which the epoch was chosen', accuracy.validation, validation),
  ]
}
