import { activations } from '../../graph/activations.js'
import { activationStep } from '../../graph/builder-activation.js'
import type { LayerRule } from './layer-call.js'
import { tensorOf } from './layer-call.js'
import { merge } from './merge-layers.js'
import type { KerasLayer } from './topology.js'

/** Functions of TensorFlow of two operands, as TFOpLambda names them. */
const pairings: ReadonlyMap<unknown, LayerRule> = new Map([
  ['math.add', merge('Add')],
  ['__operators__.add', merge('Add')],
  ['math.subtract', merge('Sub')],
  ['math.multiply', merge('Mul')],
  ['math.truediv', merge('Div')],
  ['math.divide', merge('Div')],
])

/** What Keras 2 makes of functions of TensorFlow that a model calls, as in x / 127.5 − 1 or tf.nn.relu(x); undefined for other layers and functions. */
export function functionRule({ className, config }: KerasLayer): LayerRule | undefined {
  if (className !== 'TFOpLambda') return undefined
  const activation = activations.get(String(config.function).replace(/^(math|nn)\./, ''))
  return activation ? (call) => activationStep(call.name, tensorOf(call), activation) : pairings.get(config.function)
}
