import { adadelta } from './adadelta.js'
import { adagrad } from './adagrad.js'
import { adam } from './adam.js'
import { adamw } from './adamw.js'
import { momentum } from './momentum.js'
import type { Optimizer } from './optimizer.js'
import { rmsprop } from './rmsprop.js'
import { sgd } from './sgd.js'

/** An optimizer by name, with what is not as usual. */
export interface OptimizerSettings {
  readonly name: OptimizerName
  /** Of AdamW, default 0.004. */
  readonly weightDecay?: number | undefined
}

export function makeOptimizer({ name, weightDecay }: OptimizerSettings): Optimizer {
  return name === 'adamw' ? adamw({ decay: weightDecay }) : optimizers[name]()
}

/** Keras 3's default learning rate. */
export function defaultRate(name: OptimizerName): number {
  return makeOptimizer({ name }).rate
}

/** Every optimizer with Keras 3's defaults, by the name of `--solver`. */
const optimizers = {
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
