import { basename, join } from 'node:path'
import { UserError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import { isWritable } from '../cache/paths.js'
import { pools } from '../cache/pool-codes.js'
import { solverNames } from '../evaluate/head-options.js'
import type { SweepSamplesResult } from '../evaluate/sweep-samples.js'
import { comparisonTable } from '../report/comparison-table.js'
import { sweepTable } from '../report/sweep-table.js'
import { targetLines } from '../report/target-lines.js'
import { command } from './command.js'
import { duration } from './format.js'
import { headOptions } from './head-options.js'
import { choices, fraction, numberList, positiveInteger, repeated, sizes } from './option-values.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

/** What may be several in a sweep: each combination is a curve. */
const severalOptions = {
  model: {
    type: 'string',
    requiresArg: true,
    coerce: repeated('model'),
    describe: 'Model as it was given to codes; may repeat [default: that of the last completed run for this data]',
  },
  layer: { type: 'string', requiresArg: true, coerce: repeated('layer'), describe: 'Layer of the codes; may repeat' },
  pool: {
    type: 'string',
    requiresArg: true,
    coerce: choices('pool', pools),
    describe: 'Views of the codes: none, avg, max, concat [default: none, or what --head begins with]',
  },
  head: { ...headOptions.head, coerce: repeated('head'), describe: `${headOptions.head.describe}; may repeat` },
  solver: { type: 'string', requiresArg: true, coerce: choices('solver', ['auto', ...solverNames]), describe: 'Solvers [default: auto]' },
} as const

export const sweepSamplesCommand = command({
  name: 'sweep-samples',
  describe: 'Test accuracy against the number of training images in each class',
  options: {
    ...dataOptions,
    ...headOptions,
    ...severalOptions,
    'per-class': {
      type: 'string',
      requiresArg: true,
      coerce: sizes('per-class'),
      describe: 'Images of each class, or max; smaller classes give all they have [default: 5,10,15,20,25,30]',
    },
    total: {
      type: 'string',
      requiresArg: true,
      coerce: numberList('total', positiveInteger),
      describe: 'Instead: images in all, in proportion to the classes',
    },
    target: {
      type: 'string',
      requiresArg: true,
      coerce: fraction('target'),
      describe: 'Accuracy such as 0.95: says how many images it needs by the fitted curve',
    },
    repeats: { type: 'string', default: '5', requiresArg: true, coerce: positiveInteger('repeats'), describe: 'Sub-samples of each size' },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'Folder for sweep.svg, .png, .csv and .json [default: CACHE/sweeps/DATA-MODEL-POOL]',
    },
  },
  examples: [
    ['sweep-samples --data photos', '5 to 30 images of each class, five sub-samples of each size'],
    ['sweep-samples --data photos --per-class 2,4,8,max --repeats 10 --out plots', 'into plots/'],
    ['sweep-samples --data photos --model vgg16 --model resnet50 --pool none,avg', 'four curves, and the differences between them'],
    ['sweep-samples --data photos --total 100,300,1000 --target 0.95', 'how many images 95 % need'],
  ],
  async run(args, terminal) {
    const { sweepSamples } = await import('../evaluate/sweep-samples.js') // slow to load: other commands need not wait
    const { writeSweep } = await import('../report/write-sweep.js')
    const display = args.quiet ? noProgress : terminal.progress()
    const onProgress = (stage: string, share: number) => display.update(Math.round(share * 100), 100, stage)
    const result = await sweepSamples({
      ...args,
      excludeClasses: args['exclude-classes'],
      allowMissing: args['allow-missing'],
      gramLimit: args['gram-limit'],
      labelSmoothing: args['label-smoothing'],
      classWeights: args['class-weights'],
      clipNorm: args['clip-norm'],
      weightDecay: args['weight-decay'],
      onNote: terminal.note,
      perClass: args['per-class'],
      onProgress,
    }).finally(() => display.stop())
    const out = args.out ?? join(args.cache, 'sweeps', result.name)
    const { points, comparisons, curves, seconds, ...meta } = result
    const files = await writeSweep(out, {
      ...{ points, comparisons, curves, seconds, meta },
      title: 'Accuracy against training images',
      subtitle: subtitle(result),
    }).catch((error: unknown): string[] => {
      if (!(error instanceof UserError)) throw error
      terminal.note(error.message)
      return []
    })
    if (args.model === undefined && !args.quiet)
      terminal.note(`Model: ${result.models.map(oneLine).join(', ')}, that of the last completed run for this data.`)
    for (const group of result.conflicts) terminal.note(`Left out, byte-equal images in several classes: ${group.map(oneLine).join(', ')}`)
    const plot = files.find((file) => file.endsWith('.png'))
    terminal.print(args.json ? JSON.stringify({ ...result, files }) : summary(result, plot))
    // On a read-only cache nobody expects files to be kept in it.
    return plot === undefined && (args.out !== undefined || isWritable(args.cache)) ? 1 : 0
  },
})

function summary({ points, comparisons, curves, test, seconds }: SweepSamplesResult, plot: string | undefined): string {
  const inAll = points.some(({ total }) => total !== null)
  const differences = comparisonTable(comparisons)
  return [
    sweepTable(points),
    ...(differences === '' ? [] : ['', differences, 'Paired t tests on the same sub-samples, p by Holm for all of them.']),
    ...targetLines(curves, inAll),
    `${test} test images, the same for all; ${duration(seconds)}`,
    plot === undefined ? 'No files were written, see above.' : `Plot: ${plot}`,
  ].join('\n')
}

function subtitle({ data, test, classes, models }: SweepSamplesResult): string {
  return `${basename(data)}: ${classes} classes, ${test} test images; ${models.join(', ')}`
}
