import { anyNumber, list, listFile, numberList, positiveInteger, wholeNumber } from './option-values.js'

/** Options of every command that works on a data set, named the same way everywhere. */
export const dataOptions = {
  data: {
    type: 'string',
    default: 'data',
    requiresArg: true,
    describe: 'Folder of images: a folder per class, or train/ valid/ test/ with a folder per class in each',
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

/** Options that choose a backbone for the slow stage. */
export const backboneOptions = {
  model: {
    type: 'string',
    requiresArg: true,
    describe: 'Backbone by name, or a path to an .onnx, .h5, .keras or model.json file [default: efficientnet-lite0]',
  },
  weights: {
    type: 'string',
    requiresArg: true,
    describe: 'Weight file: .h5, .keras, .pth or .safetensors [default: the official weights]',
  },
  layer: { type: 'string', requiresArg: true, describe: 'Layer whose output is the code [default: the last before the top]' },
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
