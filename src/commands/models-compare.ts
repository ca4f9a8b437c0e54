import { oneLine } from '../base/one-line.js'
import { pools } from '../cache/pool-codes.js'
import { decoders } from '../images/preprocessing.js'
import type { ComparedCodes, CompareResult } from '../recipes/compare-models.js'
import { type TextColumn, textTable } from '../report/text-table.js'
import { command } from './command.js'
import { downloadDisplay } from './download-display.js'
import { bytes, count, percent } from './format.js'
import { choices } from './option-values.js'
import { backboneOptions, dataOptions, engineOptions, resizeOption } from './options.js'
import { noProgress } from './terminal.js'

const decoderNames = choices('decoder', decoders)
const precisions = choices('precision', ['float32', 'int8'] as const)

export const modelsCompare = command({
  name: 'compare',
  describe: 'Models, layers, resize rules, decoders and precisions side by side: cosine of the codes, accuracy, speed, disk',
  options: {
    ...dataOptions,
    ...backboneOptions,
    ...engineOptions,
    ...resizeOption,
    precision: {
      type: 'string',
      default: 'float32,int8',
      requiresArg: true,
      coerce: precisions,
      describe: 'Precisions of the forward pass; the first one, under the first resize rule, is what the others are held against',
    },
    decoder: {
      type: 'string',
      default: 'exact',
      requiresArg: true,
      coerce: decoderNames,
      describe: "Decoders of the images: exact, fast or both; what fast changes shows in the codes' cosine and the accuracy",
    },
    pool: { choices: pools, default: 'avg' as const, describe: "The heads' view of the codes" },
  },
  examples: [
    ['models compare --data photos', 'efficientnet-lite0 in float32 and in int8'],
    ['models compare --data photos --precision float32 --decoder exact,fast', 'what the fast decoder changes'],
    ['models compare --data photos --model resnet50 --model vgg16 --precision float32', 'two networks'],
    ['models compare --data photos --resize squish,crop:256 --precision float32', "two ways to the network's square"],
  ],
  async run({ model, layer, precision, decoder, resize, ...args }, terminal) {
    const { compareModels } = await import('../recipes/compare-models.js') // slow to load: other commands need not wait
    const display = args.quiet ? noProgress : terminal.progress()
    const download = args.quiet ? undefined : downloadDisplay(terminal)
    const signal = terminal.interruptible()
    const result = await compareModels({
      ...args,
      models: model,
      layers: layer,
      precisions: precision,
      decoders: decoder,
      resizes: resize,
      excludeClasses: args['exclude-classes'],
      signal,
      onDownload: download?.onDownload,
      onNote: args.quiet ? undefined : terminal.note,
      onStage: args.quiet ? undefined : (stage) => terminal.note(`Measuring: ${oneLine(stage)}`),
      onCalibrate: (done, total) => display.update(done, total, 'calibrating int8'),
      onProgress: ({ done, total, rate }) => display.update(done, total, `${rate.toFixed(0)} images/s`),
    })
      .catch((error: unknown) => {
        if (signal.aborted) return undefined
        throw error
      })
      .finally(() => {
        download?.stop()
        display.stop()
      })
    if (!result) {
      terminal.note('Interrupted; finished codes are kept. Run the same command again to go on.')
      return 130
    }
    terminal.print(args.json ? JSON.stringify(result) : compareText(result))
    return 0
  },
})

const columns: readonly TextColumn[] = [
  ...['model', 'layer', 'resize', 'decoder', 'precision'].map((title) => ({ title })),
  ...['numbers', 'cosine', 'least', 'accuracy', 'images/s', 'forward ms', 'disk'].map((title) => ({ title, align: 'right' }) as const),
]

function compareText({ images, classes, test, pool, seed, compared }: CompareResult): string {
  const heads = `Accuracy: a softmax head on ${pool === 'none' ? 'flat' : `${pool}-pooled`} codes, ${count(test)} test images of ${classes} classes, seed ${seed}.`
  const rest = `Cosine: mean and least over ${count(images)} images, to the first of the same model and layer. Forward: CPU time of one image.`
  return `${textTable(columns, compared.map(cells))}\n${heads}\n${rest}`
}

function cells(row: ComparedCodes): (string | number)[] {
  const { model, layer, resize, decoder, precision, codeLength, cosine, accuracy, imagesPerSecond, forwardMilliseconds, diskBytes } = row
  return [
    ...[model, layer, resize, decoder, precision, count(codeLength)],
    ...[cosine?.mean.toFixed(5) ?? '', cosine?.least.toFixed(5) ?? ''],
    ...[percent(accuracy), imagesPerSecond.toFixed(0), forwardMilliseconds.toFixed(1), bytes(diskBytes)],
  ]
}
