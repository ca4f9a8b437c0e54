import { basename, join } from 'node:path'
import { UserError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import { isWritable } from '../cache/paths.js'
import { pools } from '../cache/pool-codes.js'
import { solverNames } from '../evaluate/head-options.js'
import { runFacts } from '../evaluate/run-facts.js'
import type { SweepSamplesResult } from '../evaluate/sweep-samples.js'
import { comparisonTable } from '../report/comparison-table.js'
import { sweepTable } from '../report/sweep-table.js'
import { targetText } from '../report/target-text.js'
import { command } from './command.js'
import { conflictNotes } from './conflict-notes.js'
import { duration } from './format.js'
import { headOptions, trainingArguments } from './head-options.js'
import { accuracy, choices, numberList, positiveInteger, repeated, sizes } from './option-values.js'
import { dataOptions } from './options.js'
import { noProgress, type Terminal } from './terminal.js'

/** What tells series apart: each may be given several times. */
const seriesOptions = {
  model: { ...headOptions.model, coerce: repeated('model'), describe: `${headOptions.model.describe}; may repeat` },
  layer: { ...headOptions.layer, coerce: repeated('layer'), describe: `${headOptions.layer.describe}; may repeat` },
  pool: {
    type: 'string',
    requiresArg: true,
    coerce: choices('pool', pools),
    describe: 'Views of the codes: none (flat), avg, max, concat; a list, or repeated [default: none, or what --head begins with]',
  },
  head: { ...headOptions.head, coerce: repeated('head'), describe: `${headOptions.head.describe}; may repeat` },
  solver: {
    type: 'string',
    requiresArg: true,
    coerce: choices('solver', ['auto', ...solverNames]),
    describe: `Solvers: auto, ${solverNames.join(', ')}; a list, or repeated [default: auto]`,
  },
} as const

export const sweepSamplesCommand = command({
  name: 'sweep-samples',
  describe: 'Test accuracy against the number of training images, of one or several models, layers, pools and heads',
  options: {
    ...dataOptions,
    ...headOptions,
    ...seriesOptions,
    'per-class': {
      type: 'string',
      requiresArg: true,
      coerce: sizes('per-class'),
      describe: 'Images of each class, max: all; smaller classes give all they have [default: 5,10,15,20,25,30]',
    },
    total: {
      type: 'string',
      requiresArg: true,
      coerce: numberList('total', positiveInteger),
      describe: "Instead of --per-class: images of all classes together, in proportion to the classes' sizes",
    },
    repeats: { type: 'string', default: '5', requiresArg: true, coerce: positiveInteger('repeats'), describe: 'Sub-samples of each size' },
    target: {
      type: 'string',
      requiresArg: true,
      coerce: accuracy('target'),
      describe: 'Accuracy, such as 0.95: says how many images it needs by the fitted learning curve',
    },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for sweep.svg, .png, .csv and .json [default: CACHE/sweeps/DATA-MODEL-POOL]',
    },
  },
  examples: [
    ['sweep-samples --data photos', '5 to 30 images of each class, five sub-samples of each size'],
    ['sweep-samples --data photos --per-class 5,10,max --repeats 10 --out plots', 'into plots/, up to all images'],
    ['sweep-samples --data photos --model vgg16 --model resnet50 --pool none,avg', 'four series in one plot, and tests between them'],
    ['sweep-samples --data photos --head softmax --head "dense:512:relu,softmax"', 'two heads'],
    ['sweep-samples --data photos --per-class 30 --views 8', 'on eight views of each image'],
    ['sweep-samples --data photos --total 100,200,400 --target 0.95', 'images in all, and how many 95 % needs'],
  ],
  async run(args, terminal) {
    const { sweepSamples } = await import('../evaluate/sweep-samples.js') // slow to load: other commands need not wait
    const display = args.quiet ? noProgress : terminal.progress()
    const onProgress = (stage: string, share: number) => display.update(Math.round(share * 100), 100, stage)
    const result = await sweepSamples({
      ...args,
      ...trainingArguments(args),
      gramLimit: args['gram-limit'],
      augmentSeed: args['augment-seed'],
      onNote: terminal.note,
      perClass: args['per-class'],
      onProgress,
    }).finally(() => display.stop())
    const files = await keep(result, args.out ?? join(args.cache, 'sweeps', result.name), terminal)
    if (args.model === undefined && !args.quiet)
      terminal.note(`Model: ${oneLine(result.model)}, that of the last completed run for this data.`)
    for (const note of conflictNotes(result)) terminal.note(note)
    const plot = files.find((file) => file.endsWith('.png'))
    terminal.print(args.json ? JSON.stringify({ ...result, files }) : summary(result, plot))
    // On a read-only cache nobody expects files to be kept in it.
    return plot === undefined && (args.out !== undefined || isWritable(args.cache)) ? 1 : 0
  },
})

/** Writes plot and tables; none where they cannot be written. */
async function keep(
  { points, comparisons, curves, seconds, ...meta }: SweepSamplesResult,
  out: string,
  terminal: Terminal,
): Promise<string[]> {
  const { writeSweep } = await import('../report/write-sweep.js')
  const { data, classes, test, series } = meta
  const models = [...new Set(series.map(({ model }) => model))]
  const subtitle = `${basename(data)}: ${classes} classes, ${test} test images; ${models.join(', ')}`
  const { command, versions } = runFacts({ started: performance.now(), words: terminal.words, models })
  const sweep = {
    points,
    comparisons,
    curves,
    seconds,
    meta: { ...meta, versions, command },
    title: 'Accuracy against training images',
    subtitle,
  }
  return writeSweep(out, sweep).catch((error: unknown): string[] => {
    if (!(error instanceof UserError)) throw error
    terminal.note(error.message)
    return []
  })
}

/** What accuracies are without the test images whose picture is among those to train or choose on. */
function cleanText(points: SweepSamplesResult['points'], leaked: number): string[] {
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const changes = points.flatMap(({ mean, cleanAccuracies }) => (cleanAccuracies ? [meanOf(cleanAccuracies) - mean] : []))
  if (changes.length === 0) return []
  const points100 = (change: number) => `${change < 0 ? '−' : '+'}${Math.abs(100 * change).toFixed(2)}`
  return [
    `${leaked} of the test images are near-duplicates of images to train or choose on: without them mean accuracies change by ${points100(Math.min(...changes))} to ${points100(Math.max(...changes))} points`,
  ]
}

function summary({ points, series, comparisons, curves, test, leaked, seconds }: SweepSamplesResult, plot: string | undefined): string {
  const solvers = [...new Set(series.map(({ solver }) => solver))].join(', ')
  const tests = comparisonTable(comparisons)
  return [
    sweepTable(points),
    ...(tests === undefined ? [] : ['', tests, '']),
    ...targetText(curves),
    ...cleanText(points, leaked),
    `${test} test images, the same for all; trained by ${solvers}; ${duration(seconds)}`,
    plot === undefined ? 'No files were written, see above.' : `Plot: ${plot}`,
  ].join('\n')
}
