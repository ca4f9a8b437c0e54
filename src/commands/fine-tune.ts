import { quoted } from '../base/quoted.js'
import type { ExtractProgress } from '../extract/options.js'
import type { FineTuneResult } from '../finetune/fine-tune.js'
import { optimizerNames } from '../heads/optimizers/index.js'
import { decoders } from '../images/preprocessing.js'
import { command } from './command.js'
import { downloadDisplay } from './download-display.js'
import { count, percent } from './format.js'
import { codeOptions, headOptions, keepingOptions, trainingArguments } from './head-options.js'
import { nonNegative, positiveInteger, positiveNumber, resizeRule, wholeNumber } from './option-values.js'
import { backboneOptions, dataOptions, engineOptions } from './options.js'
import { runTraining } from './run-training.js'
import { trainingSummary } from './train-head.js'

const { solver: _solver, grid: _grid, neighbours: _neighbours, 'gram-limit': _gramLimit, precision: _precision, ...training } = headOptions
const { size, mean, scale, weights } = backboneOptions

/** How images are read, by the words of `codes`. */
const pictureOptions = {
  resize: { ...codeOptions.resize, coerce: resizeRule, describe: 'How an image becomes square, as for codes [default: squish]' },
  decoder: { choices: decoders, describe: 'As for codes [default: exact]' },
  exif: { type: 'boolean', describe: 'Turn images as their EXIF orientation says [default: true]' },
  alpha: { choices: ['white', 'drop'] as const, describe: 'As for codes [default: white]' },
  truncated: { choices: ['reject', 'accept'] as const, describe: 'As for codes [default: reject]' },
} as const

export const fineTuneCommand = command({
  name: 'fine-tune',
  describe: 'Train the last layers of a backbone, or all, and a head behind them; the part before runs once',
  options: {
    ...dataOptions,
    ...training,
    ...{ size, mean, scale, weights },
    ...pictureOptions,
    ...engineOptions,
    ...keepingOptions,
    model: { type: 'string', requiresArg: true, describe: "Backbone by name, or a path to a model's file [default: efficientnet-lite0]" },
    layer: { type: 'string', requiresArg: true, describe: 'Layer whose output goes to the head [default: the last before the top]' },
    last: {
      type: 'string',
      requiresArg: true,
      coerce: positiveInteger('last'),
      describe: 'Train so many of the last layers, pools counted as Keras does; models show lists them',
    },
    from: { type: 'string', requiresArg: true, describe: 'Or: train this layer and all behind it; input: all layers' },
    'freeze-epochs': {
      type: 'string',
      requiresArg: true,
      coerce: wholeNumber('freeze-epochs'),
      describe:
        'Epochs in which the head alone is trained first, 0: none [default: it is trained as train-head does by default; 0 where the weights are random]',
    },
    lr: {
      type: 'string',
      requiresArg: true,
      coerce: positiveNumber('lr'),
      describe: "Rate of the head [default: a tenth of the optimizer's in Keras 3; the optimizer's where the weights are random]",
    },
    'tail-lr': {
      type: 'string',
      requiresArg: true,
      coerce: nonNegative('tail-lr'),
      describe: "Rate of the backbone's layers [default: --lr]",
    },
    solver: { choices: optimizerNames, describe: 'Optimizer [default: adam]' },
    epochs: { ...training.epochs, describe: 'Epochs in which head and layers are trained [default: 5; 20 where the weights are random]' },
    schedule: { ...training.schedule, describe: 'How the learning rate changes [default: cosine]' },
    views: { ...training.views, describe: 'Train on so many views of each image; tests are on the plain image [default: 1]' },
    augment: { ...training.augment, describe: 'What makes the views, as for codes: keras, fastai, or a list such as flip,rotate:90' },
    'augment-seed': { ...training['augment-seed'], describe: 'Seed of the views, as for codes [default: 0]' },
  },
  examples: [
    ['fine-tune --data photos --model vgg16 --last 2', 'the last convolution and pool of VGG16, and a softmax head'],
    ['fine-tune --data photos --from conv_head --pool avg', 'from a layer on, the head on means'],
    ['fine-tune --data photos --model cnn7 --from input --size 96', 'a small network from scratch'],
    ['fine-tune --data photos --last 4 --freeze-epochs 5 --lr 0.001 --tail-lr 1e-5', 'first the head for 5 epochs, then gently all of it'],
    ['fine-tune --data photos --last 4 --views 8 --augment fastai', 'on eight views of each image'],
    ['fine-tune --data photos --model vgg16 --last 2 --solver momentum --epochs 20 --patience 3', 'with another optimizer'],
  ],
  async run(args, terminal) {
    const { ratesOf } = await import('../finetune/fine-tune-options.js')
    const { fineTune } = await import('../finetune/fine-tune.js') // slow to load: other commands need not wait
    const download = args.quiet ? undefined : downloadDisplay(terminal)
    const given = { ...args, ...trainingArguments(args), freezeEpochs: args['freeze-epochs'], tailLr: args['tail-lr'] }
    const { epochs } = ratesOf(given)
    return runTraining({ ...args, epochs }, terminal, {
      train: (told, display) =>
        fineTune({
          ...{ ...given, ...told, augmentSeed: args['augment-seed'], perClass: args['per-class'] },
          command: terminal.words,
          onNote: terminal.note,
          onDownload: download?.onDownload,
          onImages: ({ done, total }: ExtractProgress) => display.update(done, total, 'the part before'),
        }).finally(() => download?.stop()),
      summary: (result, plots) => `${trainingSummary(result, plots)}\n${tunedText(result, args)}`,
    })
  },
})

/** Arguments that the codes of the new model are to be made with, too. */
type CodesArguments = { readonly data: string; readonly cache: string; readonly classes?: readonly string[] | undefined } & {
  readonly [part in 'resize' | 'decoder' | 'exif' | 'alpha' | 'truncated']?: string | boolean | undefined
}

function tunedText({ trainedParameters, tail, frozen, kept, modelFile }: FineTuneResult, args: CodesArguments): string {
  const { length } = tail.layers
  const layers = `${count(length)} layer${length === 1 ? '' : 's'} from ${tail.from} on`
  const before = frozen && `\nThe head alone, by ${frozen.solver}: test accuracy ${percent(frozen.accuracy.test)}`
  const none = kept === 0 ? '. No epoch was better on the validation images: weights and head are those that it began with' : ''
  const use =
    modelFile === null ? '' : `\nNext, for codes of the new model (no --size, --mean or --scale): ${codesCommand(modelFile, args)}`
  return `Trained: ${layers}, ${count(trainedParameters)} parameters${before ?? ''}${none}${use}`
}

function codesCommand(model: string, { data, cache, classes, resize, decoder, exif, alpha, truncated }: CodesArguments): string {
  const given = { data, cache: cache === 'cache' ? undefined : cache, model, classes: classes?.join(), resize, decoder, alpha, truncated }
  const words = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : `--${name} ${quoted(String(value))}`))
  return `npm run codes -- ${[...words, ...(exif === false ? ['--no-exif'] : [])].join(' ')}`
}
