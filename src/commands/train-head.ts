import { join } from 'node:path'
import { messageOf } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import { cachePaths } from '../cache/paths.js'
import type { DataSetOptions } from '../evaluate/data-set.js'
import type { HeadOptions } from '../evaluate/head-options.js'
import type { TrainHeadResult } from '../evaluate/train-head.js'
import { command } from './command.js'
import { count, duration, percent } from './format.js'
import { headOptions, keepingOptions, trainingArguments } from './head-options.js'
import { leaksText } from './leaks-text.js'
import { dataOptions } from './options.js'
import { runTraining } from './run-training.js'
import { solverText } from './solver-text.js'
import type { ExitCode, Terminal } from './terminal.js'

export const trainHeadCommand = command({
  name: 'train-head',
  describe: 'The fast stage: train a head on the cached codes',
  options: {
    ...dataOptions,
    ...headOptions,
    'find-lr': { type: 'boolean', default: false, describe: 'Try learning rates instead, and suggest one; nothing is saved but the plot' },
    calibrate: {
      type: 'boolean',
      default: false,
      describe: 'Fit a temperature on the validation part, so that of the answers given with 80 % about 80 % are right',
    },
    ...keepingOptions,
  },
  examples: [
    ['train-head --data photos', 'a softmax head on the codes of the last run'],
    ['train-head --data photos --head keras-resnet --epochs 30', 'layers of its own, trained by Adam; the best epoch is kept'],
    ['train-head --data photos --pool avg --seed 1', 'on pooled codes, with another split'],
    ['train-head --data photos --labels labels.csv', 'with labels from a file: cat/1.jpg,cat'],
    ['train-head --data photos --views 8 --tta', 'on eight views of each image, tested by the mean over them; codes --views 8 makes them'],
    ['train-head --data photos --solver ridge', 'ridge regression, its L2 chosen by leaving one out'],
    ['train-head --data photos --head keras-resnet --find-lr', 'which learning rate to begin with'],
    ['train-head --data photos --calibrate', 'with probabilities that keep what they promise'],
    ['train-head --data photos --l2 1e-4 --name mine', 'with a given L2, saved as cache/heads/mine'],
  ],
  async run(args, terminal) {
    const { trainHead } = await import('../evaluate/train-head.js') // slow to load: other commands need not wait
    const options = {
      ...args,
      ...trainingArguments(args),
      gramLimit: args['gram-limit'],
      augmentSeed: args['augment-seed'],
      perClass: args['per-class'],
      command: terminal.words,
      onNote: terminal.note,
    }
    if (args['find-lr']) return findRateInstead(options, args, terminal)
    return runTraining(args, terminal, {
      train: (told) => trainHead({ ...options, ...told }),
      note({ model }) {
        if (args.model === undefined && !args.quiet)
          terminal.note(`Model: ${oneLine(model)}, that of the last completed run for this data.`)
      },
      summary: trainingSummary,
    })
  },
})

/** Runs the learning-rate finder and prints what it suggests. */
async function findRateInstead(
  options: DataSetOptions & HeadOptions,
  { json, cache, name }: { readonly json: boolean; readonly cache: string; readonly name: string | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  const { findLearningRate } = await import('../evaluate/find-learning-rate.js')
  const { ratePlot } = await import('../report/rate-plot.js')
  const { writePlot } = await import('../report/write-plot.js')
  const { checkHeadName } = await import('../heads/save-head.js')
  if (name !== undefined) checkHeadName(name)
  const found = await findLearningRate(options)
  const { suggestion, points, head, solver, model } = found
  const title = `${head} by ${solver} on codes of ${model}`
  const folder = join(cachePaths(cache).heads, name === undefined ? found.name : `${name}-lr`)
  const files = await writePlot(folder, 'lr', ratePlot(points, { title, suggestion })).catch((error: unknown): string[] => {
    terminal.note(`The plot could not be written: ${messageOf(error)}.`)
    return []
  })
  const text =
    suggestion === null
      ? 'The loss never fell: no learning rate can be suggested. Look at the head, or try more images.'
      : `Suggested: --lr ${suggestion.toPrecision(2)}, two thirds into the longest descent of the loss.`
  const plot = files.filter((file) => file.endsWith('.png')).map((file) => `\nPlot: ${file}`)
  terminal.print(json ? JSON.stringify({ ...found, files }) : `${text}${plot.join('')}`)
  return 0
}

export function trainingSummary(result: TrainHeadResult, plots: readonly string[]): string {
  const { classes, train, validation, test, accuracy, codeLength, seconds, bundle, pool } = result
  const { head, solver } = solverText(result)
  const validated = accuracy.validation === null ? '' : `, validation ${percent(accuracy.validation)}`
  return [
    `${testText(result)} (train ${percent(accuracy.train)}${validated})`,
    ...leaksText(result),
    `${classes} ${result.multiLabel ? (classes === 1 ? 'label' : 'labels') : 'classes'}; ${count(train)} images to train, ${count(validation)} to choose, ${count(test)} to test; seed ${result.seed}`,
    `${head} on ${pool === 'none' ? 'flat' : pool} codes of ${count(codeLength)} numbers, ${solver}${viewsText(result)}, in ${duration(seconds)}`,
    ...calibrationText(result),
    bundle === null ? 'Not saved, see above.' : `Saved: ${bundle}`,
    ...plots.filter((file) => file.endsWith('.png')).map((file) => `Curves: ${file}`),
  ].join('\n')
}

/** Which views took part, where there were several. */
function viewsText({ settings: { views, augment, testViews } }: TrainHeadResult): string {
  if (views === undefined) return ''
  return `, on ${views} views by ${augment}${testViews === 1 ? '' : ', tested by the mean over them'}`
}

function calibrationText({ calibration }: TrainHeadResult): string[] {
  if (calibration === null) return []
  const { temperature, images, error } = calibration
  const before = error.before === null ? '' : `${percent(error.before)} before, `
  return [
    `Calibrated on ${count(images)} images: temperature ${temperature.toPrecision(3)}; expected calibration error on the test part ${before}${percent(error.after)} after`,
  ]
}

function testText(result: TrainHeadResult): string {
  const accuracy = percent(result.accuracy.test)
  if (!result.multiLabel) return `Test accuracy ${accuracy}, balanced ${percent(result.balancedAccuracy)}`
  const { f1, meanAveragePrecision } = result
  return `Test: all labels right ${accuracy}, mean average precision ${percent(meanAveragePrecision)}, F1 ${percent(f1.macro)} macro, ${percent(f1.micro)} micro`
}
