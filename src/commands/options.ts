import { devices } from '../engine/device.js'
import { engines } from '../engine/engine-info.js'
import { anyNumber, list, listFile, numberList, positiveInteger, repeated, resizeRules, wholeNumber } from './option-values.js'

/** Options of every command that works on a data set, named the same way everywhere. */
export const dataOptions = {
  data: {
    type: 'string',
    default: 'data',
    requiresArg: true,
    describe:
      'Folder of images, or s3://bucket/prefix: a folder per class, or train/ valid/ test/ with a folder per class in each, or images alone (see train-head --labels)',
  },
  cache: { type: 'string', default: 'cache', requiresArg: true, describe: 'Cache folder' },
  classes: { type: 'string', requiresArg: true, coerce: list('classes'), describe: 'Take only these classes: a,b,…' },
  'exclude-classes': { type: 'string', requiresArg: true, coerce: list('exclude-classes'), describe: 'Leave these classes out: a,b,…' },
  exclude: {
    type: 'string',
    requiresArg: true,
    coerce: listFile('exclude'),
    describe: 'File of paths or sha256, a line each, to leave out',
  },
  seed: { type: 'string', default: '0', requiresArg: true, coerce: wholeNumber('seed'), describe: 'Seed of everything random' },
  json: { type: 'boolean', default: false, describe: 'One JSON object on standard output, all else on standard error' },
  quiet: { type: 'boolean', default: false, describe: 'No progress and no remarks' },
} as const

/** Options that say what runs a network. */
export const engineOptions = {
  engine: { choices: engines, default: 'onnx' as const, describe: 'onnxruntime, or TensorFlow where one of its packages is installed' },
  device: { choices: devices, default: 'auto' as const, describe: 'Where the network runs; auto: CUDA, else WebGPU, else the CPU' },
} as const

/** Options of the commands that make views of images. */
export const viewOptions = {
  views: {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('views'),
    describe: 'Views of each image, the plain one included; each is kept, and more of them add to those there are [default: 1]',
  },
  augment: {
    type: 'string',
    requiresArg: true,
    describe: 'What makes the views: keras, fastai, or a list such as flip,rotate:90,crop:0.08-1, see docs/images.md',
  },
  'augment-seed': {
    type: 'string',
    requiresArg: true,
    coerce: wholeNumber('augment-seed'),
    describe: 'Seed of the views; another one makes other views [default: 0]',
  },
} as const

/** Option of the commands that resize images. */
export const resizeOption = {
  resize: {
    type: 'string',
    requiresArg: true,
    coerce: resizeRules,
    describe: 'squish, keras-nearest, tf-bilinear, crop:N or pad, see docs/images.md; a list codes under each [default: squish]',
  },
} as const

/** Options that choose a backbone for the slow stage. */
export const backboneOptions = {
  model: {
    type: 'string',
    requiresArg: true,
    coerce: repeated('model'),
    describe: 'Backbone by name, or a path to an .onnx, .h5, .keras or model.json file; may repeat [default: efficientnet-lite0]',
  },
  weights: {
    type: 'string',
    requiresArg: true,
    describe: 'Weight file: .h5, .keras, .pth or .safetensors; random: to try speed [default: the official weights]',
  },
  layer: {
    type: 'string',
    requiresArg: true,
    coerce: repeated('layer'),
    describe: 'Layer whose output is the code; may repeat [default: the last before the top]',
  },
  size: {
    type: 'string',
    requiresArg: true,
    coerce: positiveInteger('size'),
    describe: "Side of the square input in pixels [default: the backbone's]",
  },
  mean: {
    type: 'string',
    requiresArg: true,
    coerce: numberList('mean', anyNumber),
    describe: "Of a user's model: input = (RGB 0…255 − mean) / scale; one number or three [default: 0]",
  },
  scale: { type: 'string', requiresArg: true, coerce: numberList('scale', anyNumber), describe: 'See --mean [default: 1]' },
} as const
