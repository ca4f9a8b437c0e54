import { oneLine } from '../base/one-line.js'
import { isWritable } from '../cache/paths.js'
import type { TrainHeadResult } from '../evaluate/train-head.js'
import { command } from './command.js'
import { conflictNotes } from './conflict-notes.js'
import { count, duration, percent } from './format.js'
import { headOptions } from './head-options.js'
import { nonNegative } from './option-values.js'
import { dataOptions } from './options.js'
import { solverText } from './solver-text.js'
import { noProgress } from './terminal.js'

export const trainHeadCommand = command({
  name: 'train-head',
  describe: 'The fast stage: train a head on the cached codes',
  options: {
    ...dataOptions,
    ...headOptions,
    'checkpoint-every': {
      type: 'string',
      requiresArg: true,
      coerce: nonNegative('checkpoint-every'),
      describe: 'Seconds between what is kept of a training under way [default: 10]',
    },
    restart: { type: 'boolean', default: false, describe: 'Begin anew where an interrupted training would be resumed' },
    name: { type: 'string', requiresArg: true, describe: 'Name of the saved head [default: from the data folder, model, pool and head]' },
  },
  examples: [
    ['train-head --data photos', 'a softmax head on the codes of the last run'],
    ['train-head --data photos --head keras-resnet --epochs 30', 'layers of its own, trained by Adam; the best epoch is kept'],
    ['train-head --data photos --pool avg --seed 1', 'on pooled codes, with another split'],
    ['train-head --data photos --labels labels.csv', 'with labels from a file: cat/1.jpg,cat'],
    ['train-head --data photos --solver ridge', 'ridge regression, its L2 chosen by leaving one out'],
    ['train-head --data photos --l2 1e-4 --name mine', 'with a given L2, saved as cache/heads/mine'],
  ],
  async run(args, terminal) {
    const { TrainingInterrupted } = await import('../evaluate/training-interrupted.js')
    const { trainHead } = await import('../evaluate/train-head.js') // slow to load: other commands need not wait
    const display = args.quiet ? noProgress : terminal.progress()
    const onProgress = (stage: string, share: number) => display.update(Math.round(share * 100), 100, stage)
    const result = await trainHead({
      ...args,
      excludeClasses: args['exclude-classes'],
      allowMissing: args['allow-missing'],
      gramLimit: args['gram-limit'],
      labelSmoothing: args['label-smoothing'],
      classWeights: args['class-weights'],
      clipNorm: args['clip-norm'],
      weightDecay: args['weight-decay'],
      onNote: terminal.note,
      checkpointEvery: args['checkpoint-every'],
      interruptible: terminal.interruptible,
      onProgress,
    })
      .catch((error: unknown) => {
        if (error instanceof TrainingInterrupted) return error
        throw error
      })
      .finally(() => display.stop())
    if (result instanceof TrainingInterrupted) {
      terminal.note(result.message)
      return 130
    }
    if (args.model === undefined && !args.quiet)
      terminal.note(`Model: ${oneLine(result.model)}, that of the last completed run for this data.`)
    for (const note of conflictNotes(result)) terminal.note(note)
    terminal.print(args.json ? JSON.stringify(result) : summary(result))
    // On a read-only cache nobody expects a head to be kept; elsewhere a script must not go on with an older one.
    return result.bundle === null && isWritable(args.cache) ? 1 : 0
  },
})

function summary(result: TrainHeadResult): string {
  const { classes, train, validation, test, accuracy, codeLength, seconds, bundle, pool } = result
  const { head, solver } = solverText(result)
  const validated = accuracy.validation === null ? '' : `, validation ${percent(accuracy.validation)}`
  return [
    `${testText(result)} (train ${percent(accuracy.train)}${validated})`,
    `${classes} ${result.multiLabel ? (classes === 1 ? 'label' : 'labels') : 'classes'}; ${count(train)} images to train, ${count(validation)} to choose, ${count(test)} to test; seed ${result.seed}`,
    `${head} on ${pool === 'none' ? 'flat' : pool} codes of ${count(codeLength)} numbers, ${solver}, in ${duration(seconds)}`,
    bundle === null ? 'Not saved, see above.' : `Saved: ${bundle}`,
  ].join('\n')
}

function testText(result: TrainHeadResult): string {
  const accuracy = percent(result.accuracy.test)
  if (!result.multiLabel) return `Test accuracy ${accuracy}, balanced ${percent(result.balancedAccuracy)}`
  const { f1, meanAveragePrecision } = result
  return `Test: all labels right ${accuracy}, mean average precision ${percent(meanAveragePrecision)}, F1 ${percent(f1.macro)} macro, ${percent(f1.micro)} micro`
}
