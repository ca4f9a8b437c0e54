import { elu as eluOf, leakyRelu as leakyReluOf } from '../../graph/activations.js'
import { activationStep, chain, clip, operator } from '../../graph/builder-activation.js'
import { isMap, storedAxis } from '../../graph/builder-layer.js'
import { identityStep, shownShape } from '../../graph/builder-shape.js'
import { node } from '../../graph/graph.js'
import { Unconvertible } from '../unconvertible.js'
import { activationOf, type LayerRule, tensorOf } from './layer-call.js'
import { integer, listOf, real, setting } from './settings.js'
import { titleOf } from './topology.js'

export const activation: LayerRule = (call) => {
  const found = activationOf(call)
  return found ? activationStep(call.name, tensorOf(call), found) : identityStep(call.name, tensorOf(call))
}

/** max_value from there on, x above 0, negative_slope · x below. */
export const relu: LayerRule = (call) => {
  const threshold = setting(call.layer, 'threshold', { as: real, fallback: 0 })
  if (threshold !== 0) throw new Unconvertible(`${titleOf(call.layer)} with a threshold of ${threshold}`)
  const slope = setting(call.layer, 'negative_slope', { as: real, fallback: 0 })
  const largest = setting(call.layer, 'max_value', { as: real, fallback: Number.POSITIVE_INFINITY })
  const x = tensorOf(call)
  if (slope !== 0) return activationStep(call.name, x, chain(leakyReluOf(slope), clip(Number.NEGATIVE_INFINITY, largest)))
  return activationStep(call.name, x, largest === Number.POSITIVE_INFINITY ? operator('Relu') : clip(0, largest))
}

/** `negative_slope` in Keras 3, `alpha` before. */
export const leakyRelu: LayerRule = (call) => {
  const before = setting(call.layer, 'alpha', { as: real, fallback: 0.3 })
  return activationStep(call.name, tensorOf(call), leakyReluOf(setting(call.layer, 'negative_slope', { as: real, fallback: before })))
}

export const elu: LayerRule = (call) =>
  activationStep(call.name, tensorOf(call), eluOf(setting(call.layer, 'alpha', { as: real, fallback: 1 })))

/** x above 0, alpha · x below, alpha a weight for each number, the same along shared axes. */
export const prelu: LayerRule = (call) => {
  const x = tensorOf(call)
  const shared = setting(call.layer, 'shared_axes', { as: listOf(integer), fallback: [] })
  const shape = shownShape(x).map((side, at) => (shared.includes(at + 1) ? 1 : side))
  const [height = 1, width = 1, channels = 1] = shape
  const dims = isMap(x) ? [1, channels, height, width] : shape
  const tensor = `${call.name}/alpha`
  return {
    inputs: [x],
    nodes: [node('PRelu', call.name, [x.name, tensor])],
    dims: x.dims,
    weights: [{ name: 'alpha', shape, tensor, dims, layout: isMap(x) ? 'hwio' : 'plain' }],
  }
}

export const softmax: LayerRule = (call) => {
  const x = tensorOf(call)
  const as = (value: unknown) => integer(Array.isArray(value) && value.length === 1 ? value[0] : value)
  const axis = storedAxis(x, setting(call.layer, 'axis', { as, fallback: -1 }))
  return activationStep(call.name, x, operator('Softmax', { axis: { kind: 'int', value: axis } }))
}
