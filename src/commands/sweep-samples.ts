import { basename, join } from 'node:path'
import { UserError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import { isWritable } from '../cache/paths.js'
import type { SweepSamplesResult } from '../evaluate/sweep-samples.js'
import { sweepTable } from '../report/sweep-table.js'
import { command } from './command.js'
import { duration } from './format.js'
import { headOptions } from './head-options.js'
import { numberList, positiveInteger } from './option-values.js'
import { dataOptions } from './options.js'
import { noProgress } from './terminal.js'

export const sweepSamplesCommand = command({
  name: 'sweep-samples',
  describe: 'Test accuracy against the number of training images in each class',
  options: {
    ...dataOptions,
    ...headOptions,
    'per-class': {
      type: 'string',
      default: '5,10,15,20,25,30',
      requiresArg: true,
      coerce: numberList('per-class', positiveInteger),
      describe: 'Images of each class; smaller classes give all they have',
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
    ['sweep-samples --data photos --per-class 2,4,8 --repeats 10 --out plots', 'into plots/'],
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
    const { points, seconds, ...meta } = result
    const files = await writeSweep(out, {
      points,
      seconds,
      meta: { ...meta },
      title: 'Accuracy against training images',
      subtitle: subtitle(result),
    }).catch((error: unknown): string[] => {
      if (!(error instanceof UserError)) throw error
      terminal.note(error.message)
      return []
    })
    if (args.model === undefined && !args.quiet)
      terminal.note(`Model: ${oneLine(result.model)}, that of the last completed run for this data.`)
    const plot = files.find((file) => file.endsWith('.png'))
    const told = plot === undefined ? 'No files were written, see above.' : `Plot: ${plot}`
    const text = `${sweepTable(points)}\n${result.test} test images, the same for all; ${duration(seconds)}\n${told}`
    terminal.print(args.json ? JSON.stringify({ ...result, files }) : text)
    // On a read-only cache nobody expects files to be kept in it.
    return plot === undefined && (args.out !== undefined || isWritable(args.cache)) ? 1 : 0
  },
})

function subtitle({ data, test, classes, model }: SweepSamplesResult): string {
  return `${basename(data)}: ${classes} classes, ${test} test images; ${model}`
}
