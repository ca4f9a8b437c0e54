import { csvText } from '../base/csv.js'
import { usageError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import type { PredictedImage, PredictResult } from '../bundle/predict-options.js'
import { command } from './command.js'
import { count, counted, duration, percent } from './format.js'
import { positiveInteger, probability } from './option-values.js'
import { dataOptions, engineOptions } from './options.js'
import { noProgress } from './terminal.js'

const { cache, json, quiet } = dataOptions

/** The word that stands for paths from standard input. */
const fromInput = '-'

export const predictCommand = command({
  name: 'predict <bundle> <paths..>',
  describe: 'What a trained head says of images: the most probable labels',
  positionals: {
    bundle: { type: 'string', demandOption: true, describe: 'Name of a head in the cache (see train-head), or folder of a bundle' },
    paths: {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'Files, folders, patterns such as "photos/**/*.jpg"; - reads paths from standard input, a line each',
    },
  },
  options: {
    cache,
    ...engineOptions,
    top: { type: 'string', default: '5', requiresArg: true, coerce: positiveInteger('top'), describe: 'Labels to tell of each image' },
    abstain: {
      type: 'string',
      requiresArg: true,
      coerce: probability('abstain'),
      describe: 'Give no label where the most probable one is less probable than this [default: always give one]',
    },
    batch: { type: 'string', requiresArg: true, coerce: positiveInteger('batch'), describe: 'Images in a run of the network' },
    workers: { type: 'string', requiresArg: true, coerce: positiveInteger('workers'), describe: 'Threads [default: one per core]' },
    'pixel-limit': {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('pixel-limit'),
      describe: 'Larger images are refused [default: 178956970]',
    },
    strict: { type: 'boolean', default: false, describe: 'Exit with 3 when files could not be used' },
    csv: { type: 'boolean', default: false, describe: 'Comma-separated values on standard output' },
    ...{ json, quiet },
  },
  examples: [
    ['predict photos-efficientnet-lite0-avg-softmax new.jpg', 'the five most probable labels'],
    ['predict mine "inbox/**/*.jpg" --csv > answers.csv', 'of all that fit a pattern, as a table'],
    ['predict mine inbox --abstain 0.8 --json', 'no label where the head is not sure'],
    ['predict mine - < list.txt', 'of the paths in a file'],
  ],
  async run({ json, csv, quiet, strict, ...args }, terminal) {
    if (json && csv) throw usageError('--json and --csv', 'one of them', 'both')
    const { predictImages } = await import('../bundle/predict-images.js') // slow to load: other commands need not wait
    // yargs drops a lone hyphen among several positionals.
    const listed = terminal.words.includes(fromInput) ? pathsIn(await terminal.input()) : []
    const paths = [...args.paths, ...listed]
    const display = quiet ? noProgress : terminal.progress()
    const signal = terminal.interruptible()
    const result = await predictImages({
      ...args,
      paths,
      pixelLimit: args['pixel-limit'],
      signal,
      onProgress: (done, all, rate) => display.update(done, all, `${rate.toFixed(0)} images/s`),
    }).finally(() => display.stop())
    if (!quiet) for (const { path, reason } of result.quarantined) terminal.note(oneLine(`${path}: ${reason}`))
    if (json) terminal.print(JSON.stringify(result))
    else if (csv) terminal.print(predictionsCsv(result.predictions, args.top ?? 5).trimEnd())
    else for (const line of predictionLines(result)) terminal.print(line)
    if (!json && !quiet) terminal.note(summary(result))
    if (result.interrupted) return 130
    return strict && result.quarantined.length > 0 ? 3 : 0
  },
})

/** A path on each line; with NUL between them, as find -print0 gives them, line feeds are theirs. */
function pathsIn(text: string): string[] {
  const paths = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/)
  return paths.filter((path) => path !== '')
}

function predictionsCsv(predictions: readonly PredictedImage[], top: number): string {
  const most = Math.min(top, Math.max(1, ...predictions.map((one) => one.top.length)))
  const ranks = Array.from({ length: most }, (_, at) => at)
  const header = ['path', 'label', 'probability', ...ranks.flatMap((at) => [`label_${at + 1}`, `probability_${at + 1}`])]
  const rows = predictions.map(({ path, label, probability, top }) => [
    ...[path, label, probability],
    ...ranks.flatMap((at) => [top[at]?.label ?? null, top[at]?.probability ?? null]),
  ])
  return csvText(header, rows)
}

function predictionLines({ predictions }: PredictResult): string[] {
  return predictions.map(({ path, label, top }) => {
    const best = top.map((one) => `${one.label} ${percent(one.probability)}`).join(', ')
    return oneLine(`${path}: ${label === null ? `not sure (${best})` : best}`)
  })
}

function summary({ images, cached, computed, quarantined, seconds, imagesPerSecond }: PredictResult): string {
  const rate = imagesPerSecond === null ? '' : ` (${imagesPerSecond.toFixed(0)} images/s)`
  const parts = [`${count(computed)} computed`, `${count(cached)} from the cache`, `${count(quarantined.length)} not usable`]
  return `${counted(images, 'image')}: ${parts.join(', ')}, in ${duration(seconds)}${rate}`
}
