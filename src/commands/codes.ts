import { hasRandomWeights } from '../backbones/has-random-weights.js'
import { usageError } from '../base/errors.js'
import { oneLine } from '../base/one-line.js'
import { quoted } from '../base/quoted.js'
import type { QueueProgress } from '../distribute/options.js'
import { extractSeveral } from '../extract/extract-codes.js'
import type { ExtractProgress, ExtractSeveralResult } from '../extract/options.js'
import { planSeveral } from '../extract/plan-codes.js'
import { watchCodes } from '../extract/watch-codes.js'
import { inputLayer } from '../graph/input-layer.js'
import { PIXEL_LIMIT } from '../images/pixel-limit.js'
import { decoders } from '../images/preprocessing.js'
import { planJson, planText, resultJson, summary } from './codes-summary.js'
import { command } from './command.js'
import { downloadDisplay } from './download-display.js'
import { count, duration } from './format.js'
import { positiveInteger, shardOfFiles } from './option-values.js'
import { backboneOptions, dataOptions, engineOptions, resizeOption, viewOptions } from './options.js'
import { checkQueueOptions, queueOptions } from './queue-options.js'
import { queueNote } from './queue-text.js'
import { roundDisplay } from './round-display.js'
import { handOut, showQueue, throughQueue } from './run-queue.js'
import { noProgress, type Terminal } from './terminal.js'

const meaningless =
  'The weights are random: these codes mean nothing, nor does a head on them. They are for trying speed; fine-tune --from input trains such a network.'

/** Quarantined images that are listed one by one. */
const listed = 20

export const codes = command({
  name: 'codes',
  describe: 'The slow stage: run every image once through a frozen network and keep the outputs',
  options: {
    ...dataOptions,
    ...backboneOptions,
    ...engineOptions,
    batch: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('batch'),
      describe: 'Images in a batch; never changes a code [default: 4 on the CPU, 32 elsewhere]',
    },
    workers: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('workers'),
      describe: 'Threads that decode and compute; never changes a code [default: one per core]',
    },
    precision: {
      choices: ['float32', 'int8'] as const,
      default: 'float32' as const,
      describe: 'Precision of the forward pass; int8 is faster, calibrated once on 128 of the images',
    },
    recalibrate: {
      type: 'boolean',
      default: false,
      describe: 'Calibrate int8 again, on the images of now; other images give another network, and other codes',
    },
    dtype: { choices: ['float16', 'float32'] as const, default: 'float16' as const, describe: 'How codes are kept' },
    decoder: {
      choices: decoders,
      default: 'exact' as const,
      describe: "exact: Pillow's pixels; fast: JPEGs by libjpeg-turbo's fast DCT, up to 5 of 255 off, a fifth of the time",
    },
    ...resizeOption,
    ...viewOptions,
    exif: { type: 'boolean', default: true, describe: 'Turn images as their EXIF orientation says; --no-exif for parity with Keras' },
    alpha: {
      choices: ['white', 'drop'] as const,
      default: 'white' as const,
      describe: "Compose transparency on white, or drop it as Pillow's convert does",
    },
    truncated: {
      choices: ['reject', 'accept'] as const,
      default: 'reject' as const,
      describe: 'Quarantine damaged and cut files, or take what can be decoded of them; the rest is grey, or black in PNG',
    },
    'pixel-limit': {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('pixel-limit'),
      describe: `Quarantine images of more pixels; never changes a code [default: ${PIXEL_LIMIT}]`,
    },
    plan: { type: 'boolean', default: false, describe: 'Say what there is to do and how long it takes; write nothing' },
    watch: {
      type: 'boolean',
      default: false,
      describe: 'Stay, and code new images as they arrive, until Ctrl-C; a line for each round, with --json on standard error',
    },
    shard: {
      type: 'string',
      requiresArg: true,
      coerce: shardOfFiles,
      describe: 'Take only part I of N of the files, 3/16: for the jobs of an array, whose caches cache import merges; see docs/scale.md',
    },
    strict: { type: 'boolean', default: false, describe: 'Exit with 3 when images were quarantined' },
    ...queueOptions,
  },
  examples: [
    ['codes --data photos', 'codes of all images in photos/, a folder per class'],
    ['codes --data photos --watch', 'and then of every image that arrives'],
    ['codes --data photos --plan', 'how many images, how long, how much disk'],
    ['codes --data photos --model inceptionv3 --model vgg16', 'by two networks, every image decoded once'],
    ['codes --data photos --resize crop:256', 'the short side to 256 pixels, then the middle, as torchvision does'],
    ['codes --data photos --views 8 --augment fastai', 'and seven more views of each image, mirrored, turned, enlarged, lit'],
    ['codes --data photos --views 8 --augment flip,rotate:90,shift:0.5,crop:0.08-1', "by steps of one's own"],
    ['codes --data photos --model net.onnx --size 224 --mean 127.5 --scale 127.5', "a network of one's own"],
    ['codes --data photos --model my-model.keras --layer pool', "a layer of one's own Keras model"],
    ['codes --data photos --queue redis://host:6379 --shared /mnt/codes', 'by workers on any number of machines (npm run worker)'],
  ],
  async run({ model, layer, precision, decoder, resize, ...args }, terminal) {
    if (args.watch && args.plan) throw usageError('--plan', 'given without --watch', true, 'Leave out one of them.')
    checkQueueOptions(args)
    if (args.queue !== undefined && args.status) return showQueue(args.queue, args, terminal)
    const download = args.quiet ? undefined : downloadDisplay(terminal)
    const options = {
      ...args,
      models: model,
      layers: layer,
      precisions: [precision],
      decoders: [decoder],
      resizes: resize,
      excludeClasses: args['exclude-classes'],
      pixelLimit: args['pixel-limit'],
      augmentSeed: args['augment-seed'],
      onDownload: download?.onDownload,
    }
    const display = args.quiet ? noProgress : terminal.progress()
    const onCalibrate = (done: number, total: number) => display.update(done, total, 'calibrating int8')
    if (args.plan) {
      const plan = await planSeveral({ ...options, onCalibrate }).finally(() => {
        download?.stop()
        display.stop()
      })
      terminal.print(args.json ? JSON.stringify(planJson(plan)) : planText(plan))
      return 0
    }
    const onProgress = (progress: ExtractProgress) => display.update(progress.done, progress.total, progressNote(progress, args.views))
    const onNote = (text: string) => {
      if (!args.quiet) terminal.note(text)
    }
    const run = { ...options, signal: terminal.interruptible(), onProgress, onCalibrate, onNote }
    const stop = () => {
      download?.stop()
      display.stop()
    }
    const list = (round: ExtractSeveralResult) => listQuarantine(round, terminal)
    const rounds = roundDisplay(terminal, { ...args, stop, list })
    const onQueue = (progress: QueueProgress) => display.update(progress.done, progress.total, queueNote(progress))
    const { queue } = args
    if (queue !== undefined && args.detach) return handOut({ ...run, queue, onQueue }, terminal, stop)
    const extract = queue === undefined ? () => extractSeveral(run) : () => throughQueue({ ...run, queue, onQueue })
    const result = await (args.watch ? watchCodes({ ...run, ...rounds }) : extract()).finally(stop)
    if (!args.quiet && !args.watch) list(result)
    const isOfNetwork = layer === undefined || layer.some((name) => name !== inputLayer)
    const isRandom = isOfNetwork && (model ?? []).some((name) => hasRandomWeights(name, args))
    const next = isRandom ? meaningless : `Next: ${nextCommand(options)}`
    terminal.print(args.json ? JSON.stringify(resultJson(result)) : summary(result, next))
    if (result.interrupted) return 130
    return args.strict && result.runs.some(({ views }) => views.some(({ quarantined }) => quarantined > 0)) ? 3 : 0
  },
})

function progressNote({ rate, secondsLeft, quarantined, elsewhere }: ExtractProgress, views = 1): string {
  const each = views > 1 ? ` × ${views} views` : ''
  const others = elsewhere > 0 ? `, ${count(elsewhere)} computed by another process` : ''
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`
  return `${rate.toFixed(0)} images/s${each}${left}${quarantined > 0 ? `, ${quarantined} quarantined` : ''}${others}`
}

function listQuarantine({ runs }: ExtractSeveralResult, terminal: Terminal): void {
  const reasons = new Map(runs.flatMap(({ quarantine }) => quarantine.map(({ path, reason }) => [path, reason] as const)))
  if (reasons.size === 0) return
  terminal.note(`${count(reasons.size)} image${reasons.size === 1 ? '' : 's'} quarantined; mend or remove them and run codes again:`)
  for (const [path, reason] of [...reasons].slice(0, listed)) terminal.note(`  ${oneLine(path)}: ${oneLine(reason)}`)
  if (reasons.size > listed) terminal.note(`  … and ${count(reasons.size - listed)} more (cache quarantine lists them all)`)
}

/** The command that goes on from here, as a shell takes it. */
function nextCommand({ data, cache, classes, excludeClasses, views }: NextOptions): string {
  const given = {
    data,
    cache: cache === 'cache' ? undefined : cache,
    classes: classes?.join(),
    'exclude-classes': excludeClasses?.join(),
    views: views === undefined || views === 1 ? undefined : String(views),
  }
  const words = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : `--${name} ${quoted(value)}`))
  return `npm run train-head -- ${words.join(' ')}`
}

/** What the next command has to repeat, so that it asks for no other images. */
interface NextOptions {
  readonly data: string
  readonly cache: string
  readonly classes?: readonly string[] | undefined
  readonly excludeClasses?: readonly string[] | undefined
  readonly views?: number | undefined
}
