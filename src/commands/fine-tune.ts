import { messageOf } from '../base/errors.js'
import { isWritable } from '../cache/paths.js'
import type { ExtractProgress } from '../extract/options.js'
import type { FineTuneResult } from '../finetune/fine-tune.js'
import { optimizerNames } from '../heads/optimizers/index.js'
import { decoders } from '../images/preprocessing.js'
import { command } from './command.js'
import { conflictNotes } from './conflict-notes.js'
import { downloadDisplay } from './download-display.js'
import { count, percent } from './format.js'
import { codeOptions, headOptions, keepingOptions, trainingArguments } from './head-options.js'
import { nonNegative, positiveInteger, positiveNumber, resizeRule, wholeNumber } from './option-values.js'
import { backboneOptions, dataOptions, engineOptions } from './options.js'
import { noProgress } from './terminal.js'
import { curvesOf, plotsOf, trainingSummary } from './train-head.js'

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
  describe: 'Train the last layers of a backbone and a head behind them; the part before runs once',
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
    from: { type: 'string', requiresArg: true, describe: 'Or: train this layer and all behind it' },
    'freeze-epochs': {
      type: 'string',
      requiresArg: true,
      coerce: wholeNumber('freeze-epochs'),
      describe: 'Epochs in which the head alone is trained first [default: 1]',
    },
    lr: {
      type: 'string',
      requiresArg: true,
      coerce: positiveNumber('lr'),
      describe: "Rate of the head [default: the optimizer's in Keras 3]",
    },
    'tail-lr': {
      type: 'string',
      requiresArg: true,
      coerce: nonNegative('tail-lr'),
      describe: "Rate of the backbone's layers [default: a tenth of --lr]",
    },
    solver: { choices: optimizerNames, describe: 'Optimizer [default: adam]' },
  },
  examples: [
    ['fine-tune --data photos --model vgg16 --last 2', 'the last convolution and pool of VGG16, and a softmax head'],
    ['fine-tune --data photos --from conv_head --pool avg', 'from a layer on, the head on means'],
    ['fine-tune --data photos --last 4 --epochs 30 --freeze-epochs 5 --lr 0.001 --tail-lr 1e-5', 'first the head, then gently all of it'],
    ['fine-tune --data photos --model vgg16 --last 2 --solver momentum --schedule cosine --clip-norm 1', 'with another optimizer'],
  ],
  async run(args, terminal) {
    const { TrainingInterrupted } = await import('../evaluate/training-interrupted.js')
    const { fineTune } = await import('../finetune/fine-tune.js') // slow to load: other commands need not wait
    const display = args.quiet ? noProgress : terminal.progress()
    const download = args.quiet ? undefined : downloadDisplay(terminal)
    const curves = args.quiet ? undefined : await curvesOf(terminal, args.epochs)
    const result = await fineTune({
      ...{ ...args, ...trainingArguments(args), freezeEpochs: args['freeze-epochs'], tailLr: args['tail-lr'] },
      onNote: terminal.note,
      onDownload: download?.onDownload,
      onImages: ({ done, total }: ExtractProgress) => display.update(done, total, 'the part before'),
      interruptible: terminal.interruptible,
      onEpoch: (history) => {
        display.stop() // its line would be in the way
        curves?.update(history)
      },
      onProgress: (stage, share) => display.update(Math.round(share * 100), 100, stage),
    })
      .catch((error: unknown) => {
        if (error instanceof TrainingInterrupted) return error
        throw error
      })
      .finally(() => {
        download?.stop()
        display.stop()
      })
    if (result instanceof TrainingInterrupted) {
      terminal.note(result.message)
      return 130
    }
    for (const note of conflictNotes(result)) terminal.note(note)
    const plots = await plotsOf(result).catch((error: unknown): string[] => {
      terminal.note(`The curves could not be drawn: ${messageOf(error)}.`)
      return []
    })
    terminal.print(args.json ? JSON.stringify({ ...result, plots }) : `${trainingSummary(result, plots)}\n${tunedText(result)}`)
    return result.bundle === null && isWritable(args.cache) ? 1 : 0
  },
})

function tunedText({ trainedParameters, tail, before, modelFile }: FineTuneResult): string {
  const { length } = tail.layers
  const layers = `${count(length)} layer${length === 1 ? '' : 's'} from ${tail.from} on`
  const gain = before.accuracy === null ? '' : `; test accuracy before: ${percent(before.accuracy)}`
  const use = modelFile === null ? '' : `\nThe model, which needs no --size, --mean or --scale: codes --model ${modelFile}`
  return `Trained: ${layers}, ${count(trainedParameters)} parameters${gain}${use}`
}
