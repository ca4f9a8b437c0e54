import type { InferredOptionTypes } from 'yargs'
import { pools } from '../cache/pool-codes.js'
import { solverNames } from '../evaluate/head-options.js'
import { monitors } from '../heads/network/train-network.js'
import { scheduleNames } from '../heads/schedules/index.js'
import { decoders } from '../images/preprocessing.js'
import {
  augmentText,
  byteSize,
  grid,
  nonNegative,
  positiveInteger,
  positiveNumber,
  resizeRule,
  share,
  weightsByName,
  wholeNumber,
} from './option-values.js'
import type { dataOptions } from './options.js'

/** Options that say which of a data set's codes are meant. */
export const codeOptions = {
  model: {
    type: 'string',
    requiresArg: true,
    describe: 'Model as it was given to codes [default: that of the last completed run for this data]',
  },
  layer: { type: 'string', requiresArg: true, describe: 'Layer of the codes, where there are several of the model' },
  size: { type: 'string', requiresArg: true, coerce: positiveInteger('size'), describe: 'Input size of the codes, likewise' },
  precision: { choices: ['float32', 'int8'] as const, describe: 'Precision of the codes, likewise' },
  resize: { type: 'string', requiresArg: true, coerce: resizeRule, describe: 'Resize rule of the codes, likewise' },
  decoder: { choices: decoders, describe: 'Decoder of the codes, likewise' },
  exif: { type: 'boolean', describe: 'Codes of images turned by EXIF, or (--no-exif) not turned, likewise' },
  alpha: { choices: ['white', 'drop'] as const, describe: 'Codes of images composed on white, or with alpha dropped, likewise' },
  truncated: { choices: ['reject', 'accept'] as const, describe: 'Codes of a run that refused damaged files, or took them, likewise' },
  pool: {
    choices: pools,
    describe: 'View of the codes: flat, the mean or maximum over positions, or both [default: none, or what --head begins with]',
  },
} as const

/** Options of every command that trains heads. */
export const headOptions = {
  ...codeOptions,
  labels: {
    type: 'string',
    requiresArg: true,
    describe: "CSV file of path,label[;label…] whose labels take the place of the folders' names",
  },
  'allow-missing': { type: 'boolean', default: false, describe: 'With --labels: pass over labels of images that are not there' },
  views: {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('views'),
    describe: 'Train on so many views of each image, as codes --views made them; tests are on the plain image [default: 1]',
  },
  augment: {
    type: 'string',
    requiresArg: true,
    coerce: augmentText,
    describe: 'Of views that were made so [default: the newest that are complete]',
  },
  'augment-seed': { type: 'string', requiresArg: true, coerce: wholeNumber('augment-seed'), describe: 'Of views with this seed' },
  tta: { type: 'boolean', default: false, describe: 'Test by the mean of the probabilities over all views' },
  head: {
    type: 'string',
    requiresArg: true,
    describe:
      'Layers behind the codes, such as "bn,dropout:0.5,dense:512:relu,softmax", or dense, keras-resnet, food or fastai [default: softmax; sigmoid for several labels]',
  },
  solver: {
    choices: ['auto', ...solverNames] as const,
    default: 'auto' as const,
    describe:
      'What trains the head: lbfgs, ridge, svm, knn (nearest neighbours) and ncm (nearest class mean) go to the optimum, the others by mini-batches',
  },
  l2: {
    type: 'string',
    requiresArg: true,
    coerce: nonNegative('l2'),
    describe: 'λ of loss + λ‖W‖² [default: chosen on the validation part, or (ridge) by leaving one out]',
  },
  neighbours: {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('neighbours'),
    describe: 'Nearest images that vote, by --solver knn [default: chosen on the validation part]',
  },
  'label-smoothing': {
    type: 'string',
    requiresArg: true,
    coerce: share('label-smoothing'),
    describe: 'ε of smoothed targets [default: 0]',
  },
  'class-weights': {
    type: 'string',
    requiresArg: true,
    coerce: weightsByName('class-weights'),
    describe: 'balanced, or weights of classes such as cat=2,dog=0.5 (others weigh 1) [default: all 1]',
  },
  epochs: { type: 'string', requiresArg: true, coerce: positiveInteger('epochs'), describe: 'Epochs of mini-batch training [default: 20]' },
  batch: { type: 'string', requiresArg: true, coerce: positiveInteger('batch'), describe: 'Images of a step [default: 32]' },
  lr: { type: 'string', requiresArg: true, coerce: nonNegative('lr'), describe: "Learning rate [default: the optimizer's in Keras 3]" },
  schedule: { choices: scheduleNames, describe: 'How the learning rate changes [default: constant]' },
  grid: {
    type: 'string',
    requiresArg: true,
    coerce: grid,
    describe: 'Settings of a linear head to train in one pass: lr=0.001,0.01;l2=0,1e-4; the best on the validation part stays',
  },
  l1: { type: 'string', requiresArg: true, coerce: nonNegative('l1'), describe: 'λ₁ of λ₁‖W‖₁, added to the loss' },
  'clip-norm': { type: 'string', requiresArg: true, coerce: positiveNumber('clip-norm'), describe: 'Longest gradient' },
  'weight-decay': { type: 'string', requiresArg: true, coerce: nonNegative('weight-decay'), describe: 'Of AdamW [default: 0.004]' },
  focal: { type: 'string', requiresArg: true, coerce: nonNegative('focal'), describe: 'γ of focal loss [default: 0, cross-entropy]' },
  monitor: { choices: monitors, describe: 'Whose best epoch is kept [default: val-loss]' },
  patience: {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('patience'),
    describe: 'Stop after that many epochs without a gain',
  },
  split: { type: 'string', default: '0.7', requiresArg: true, describe: "Share of each class's images that is for training" },
  validation: { type: 'string', default: '0.1', requiresArg: true, describe: "Share of each class's train part that choices are made on" },
  'split-by-cluster': {
    type: 'boolean',
    default: false,
    describe: 'Keep near-duplicates, which duplicates finds, in one part of the split, across classes too',
  },
  memory: {
    type: 'string',
    requiresArg: true,
    coerce: byteSize('memory'),
    describe: 'Memory for codes and training, such as 2GB [default: half of what there is, or less where less is free]',
  },
  'gram-limit': { type: 'string', requiresArg: true, coerce: byteSize('gram-limit'), describe: 'Largest Gram matrix [default: 2GB]' },
} as const

/** Options of commands that save a head. */
export const keepingOptions = {
  'per-class': {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('per-class'),
    describe: "Train on at most so many of each class's train images, and not on those to choose on [default: all, then on both]",
  },
  'checkpoint-every': {
    type: 'string',
    requiresArg: true,
    coerce: nonNegative('checkpoint-every'),
    describe: 'Seconds between what is kept of a training under way [default: 10]',
  },
  restart: { type: 'boolean', default: false, describe: 'Begin anew where an interrupted training would be resumed' },
  name: { type: 'string', requiresArg: true, describe: 'Name of the saved head [default: from the data folder, model, pool and head]' },
} as const

type Given = InferredOptionTypes<
  Pick<typeof headOptions, 'allow-missing' | 'split-by-cluster' | 'label-smoothing' | 'class-weights' | 'clip-norm' | 'weight-decay'> &
    Pick<typeof dataOptions, 'exclude-classes'>
> &
  Partial<InferredOptionTypes<Pick<typeof keepingOptions, 'checkpoint-every'>>>

/** Options of several words by the names that the library has for them. */
export function trainingArguments(args: Given) {
  return {
    excludeClasses: args['exclude-classes'],
    allowMissing: args['allow-missing'],
    splitByCluster: args['split-by-cluster'],
    labelSmoothing: args['label-smoothing'],
    classWeights: args['class-weights'],
    clipNorm: args['clip-norm'],
    weightDecay: args['weight-decay'],
    checkpointEvery: args['checkpoint-every'],
  }
}
