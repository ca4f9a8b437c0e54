import { activations, hardSigmoid } from '../../graph/activations.js'
import type { Activation } from '../../graph/builder-activation.js'
import { type AnyValue, isMap, type Step, type Value } from '../../graph/builder-layer.js'
import { isTensor, type Operand } from '../../graph/builder-merge.js'
import { Unconvertible } from '../unconvertible.js'
import { oneOf, type Reader, setting } from './settings.js'
import { type KerasLayer, titleOf } from './topology.js'

/** A layer where it is applied. */
export interface LayerCall {
  /** What its last node is to be called. */
  readonly name: string
  readonly layer: KerasLayer
  /** Tensors and constants that it is applied to. */
  readonly operands: readonly Operand[]
  /** All arguments as they are written. */
  readonly given: unknown
  /** Keras' major version, where layers differ. */
  readonly keras: 2 | 3
}

/** How layers of a class are computed. Throws Unconvertible where a layer's settings are beyond it. */
export type LayerRule = (call: LayerCall) => Step<readonly number[]>

/** The tensors that a layer is applied to. */
export function tensorsOf({ operands }: LayerCall): readonly AnyValue[] {
  return operands.filter(isTensor)
}

/** The only tensor that a layer is applied to. */
export function tensorOf(call: LayerCall): AnyValue {
  const [x, ...others] = tensorsOf(call)
  if (x && others.length === 0) return x
  throw new Unconvertible(`${titleOf(call.layer)} on ${x ? others.length + 1 : 'no'} tensors in place of one`)
}

/** The only map that a layer is applied to. */
export function mapOf(call: LayerCall): Value {
  const x = tensorOf(call)
  refuseChannelsFirst(call.layer)
  if (isMap(x)) return x
  throw new Unconvertible(`${titleOf(call.layer)} on a tensor of the shape [n, ${x.dims.join(', ')}] in place of [n, h, w, channels]`)
}

export function refuseChannelsFirst(layer: KerasLayer): void {
  if (layer.config.data_format === 'channels_first') throw new Unconvertible(`${titleOf(layer)} with its channels first`)
}

/** The function that a layer names in its setting `activation`; undefined for none. */
export function activationOf({ layer, keras }: LayerCall): Activation | undefined {
  const given = setting(layer, 'activation', { as: functionName, fallback: 'linear' })
  const name = given.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  if (name === 'linear') return undefined
  const found = name === 'hard_sigmoid' ? hardSigmoid(keras === 2 ? 0.2 : 1 / 6) : activations.get(name)
  if (found) return found
  throw new Unconvertible(`${titleOf(layer)} with the activation "${given}"`)
}

/** A name, or { class_name: "function", config: name } of Keras 3. */
const functionName: Reader<string> = (value) => {
  if (typeof value === 'string') return value
  const isFunction = typeof value === 'object' && value !== null && 'config' in value && typeof value.config === 'string'
  return isFunction ? String(value.config) : undefined
}

export const padding = oneOf('valid', 'same')
