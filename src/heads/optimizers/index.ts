import { adadelta } from './adadelta.js'
import { adagrad } from './adagrad.js'
import { adam } from './adam.js'
import { adamw } from './adamw.js'
import { momentum } from './momentum.js'
import { rmsprop } from './rmsprop.js'
import { sgd } from './sgd.js'

/** Every optimizer with its defaults, by the name of `--solver`. */
export const optimizers = {
  sgd: () => sgd(),
  momentum: () => momentum(),
  nesterov: () => momentum({ nesterov: true }),
  rmsprop: () => rmsprop(),
  adam: () => adam(),
  adamw: () => adamw(),
  adadelta: () => adadelta(),
  adagrad: () => adagrad(),
} as const

export type OptimizerName = keyof typeof optimizers

export const optimizerNames = [
  'sgd',
  'momentum',
  'nesterov',
  'rmsprop',
  'adam',
  'adamw',
  'adadelta',
  'adagrad',
] as const satisfies readonly OptimizerName[]
