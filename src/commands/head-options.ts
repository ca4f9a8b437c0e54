import { pools } from '../cache/pool-codes.js'
import { solverNames } from '../evaluate/head-options.js'
import { decoders } from '../images/preprocessing.js'
import { byteSize, nonNegative, positiveInteger, resizeRule } from './option-values.js'

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
  pool: { choices: pools, default: 'none', describe: 'View of the codes: flat, or the mean or maximum over positions' },
} as const

/** Options of every command that trains heads. */
export const headOptions = {
  ...codeOptions,
  head: { choices: ['softmax'], default: 'softmax', describe: 'Head' },
  solver: { choices: ['auto', ...solverNames] as const, default: 'auto' as const, describe: 'Solver' },
  l2: {
    type: 'string',
    requiresArg: true,
    coerce: nonNegative('l2'),
    describe: 'λ of loss = mean cross-entropy + λ‖W‖² [default: chosen on the validation part]',
  },
  split: { type: 'string', default: '0.7', requiresArg: true, describe: "Share of each class's images that is for training" },
  validation: { type: 'string', default: '0.1', requiresArg: true, describe: "Share of each class's train part that choices are made on" },
  memory: {
    type: 'string',
    requiresArg: true,
    coerce: byteSize('memory'),
    describe: 'Memory for codes and training, such as 2GB [default: half of what there is, or less where less is free]',
  },
  'gram-limit': { type: 'string', requiresArg: true, coerce: byteSize('gram-limit'), describe: 'Largest Gram matrix [default: 2GB]' },
} as const
