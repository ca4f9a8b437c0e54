import { activations } from '../../graph/activations.js'
import { activationStep } from '../../graph/builder-activation.js'
import { type LayerRule, tensorOf } from './layer-call.js'
import { merge } from './merge-layers.js'
import { snakeCase } from './snake-case.js'
import type { KerasLayer } from './topology.js'

/** Functions of TensorFlow of two operands, as TFOpLambda names them. */
const pairings: ReadonlyMap<unknown, LayerRule> = new Map([
  ['math.add', merge('Add')],
  ['nn.bias_add', merge('Add')],
  ['__operators__.add', merge('Add')],
  ['math.subtract', merge('Sub')],
  ['math.multiply', merge('Mul')],
  ['math.truediv', merge('Div')],
  ['math.divide', merge('Div')],
])

/** Functions that take nothing but a tensor. */
const plain = new Set(['relu', 'relu6', 'sigmoid', 'tanh', 'softplus', 'softsign'])

/** What Keras makes of functions that a model calls, as in tf.nn.relu(x) and keras.ops.relu(x); undefined for other layers and functions. */
export function functionRule({ className, config }: KerasLayer): LayerRule | undefined {
  const isTensorFlow = className === 'TFOpLambda'
  const name = isTensorFlow ? String(config.function).replace(/^(math|nn)\./, '') : snakeCase(className)
  const activation = plain.has(name) ? activations.get(name) : undefined
  if (activation) return (call) => activationStep(call.name, tensorOf(call), activation)
  return isTensorFlow ? pairings.get(config.function) : undefined
}
