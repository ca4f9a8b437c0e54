import { constantFor, perChannel } from '../../graph/builder-constant.js'
import { type AnyValue, channelAxis, isMap, storedAxis, type WeightSlot } from '../../graph/builder-layer.js'
import { mergeStep } from '../../graph/builder-merge.js'
import { batchNormStep } from '../../graph/builder-norm.js'
import { node } from '../../graph/graph.js'
import { Unconvertible } from '../unconvertible.js'
import { type LayerCall, type LayerRule, tensorOf } from './layer-call.js'
import { flag, integer, listOf, numberOrList, real, setting } from './settings.js'
import { type KerasLayer, titleOf } from './topology.js'

export const batchNormalization: LayerRule = (call) => {
  const x = tensorOf(call)
  if (!isByChannel(call, x) || (!isMap(x) && x.dims.length !== 1)) throw otherAxis(call)
  return batchNormStep('keras', call.name, x, {
    epsilon: setting(call.layer, 'epsilon', { as: real, fallback: 1e-3 }),
    scale: setting(call.layer, 'scale', { as: flag, fallback: true }),
    center: setting(call.layer, 'center', { as: flag, fallback: true }),
  })
}

/** scale · x + offset. */
export const rescaling: LayerRule = (call) => {
  const { name, layer } = call
  const [scale, offset] = [
    setting(layer, 'scale', { as: numberOrList, fallback: 1 }),
    setting(layer, 'offset', { as: numberOrList, fallback: 0 }),
  ]
  const x = tensorOf(call)
  const scaled = mergeStep('Mul', `${name}:scaled`, [x, perChannel(scale)])
  const moved = mergeStep('Add', name, [{ name: `${name}:scaled`, dims: x.dims }, perChannel(offset)])
  return { ...moved, inputs: [x], nodes: [...scaled.nodes, ...moved.nodes], constants: { ...scaled.constants, ...moved.constants } }
}

/** (x − mean) / max(√variance, 1e-7): statistics that the configuration gives, or weights that an `adapt` has made. */
export const normalization: LayerRule = (call) => {
  const { name, layer } = call
  const x = tensorOf(call)
  if (setting(layer, 'invert', { as: flag, fallback: false })) throw new Unconvertible(`${titleOf(layer)} that is inverted`)
  const given = givenStatistics(layer)
  const constants = [...given, ['epsilon', 1e-7] as const].map(([key, value]) => [`${name}/${key}`, constantFor(x, perChannel(value))])
  return {
    inputs: [x],
    nodes: [
      node('Sub', `${name}:centred`, [x.name, `${name}/mean`]),
      node('Sqrt', `${name}:deviation`, [`${name}/variance`]),
      node('Max', `${name}:divisor`, [`${name}:deviation`, `${name}/epsilon`]),
      node('Div', name, [`${name}:centred`, `${name}:divisor`]),
    ],
    dims: x.dims,
    constants: Object.fromEntries(constants),
    weights: given.length > 0 ? [] : statistics(call, x),
  }
}

/** Mean and variance where the configuration gives both, or nothing; 0 is a number like others. */
function givenStatistics(layer: KerasLayer): readonly (readonly [string, number | readonly number[]])[] {
  const keys = ['mean', 'variance'] as const
  const given = keys.filter((key) => layer.config[key] != null)
  const missing = keys.find((key) => !given.includes(key))
  if (given.length === 1) throw new Unconvertible(`${titleOf(layer)} with ${JSON.stringify(given[0])} but no ${JSON.stringify(missing)}`)
  return given.map((key) => [key, setting(layer, key, { as: numberOrList })])
}

/** The weights mean, variance and count; the last plays no role. */
function statistics(call: LayerCall, x: AnyValue): readonly WeightSlot[] {
  const isWhole = axesOf(call).length === 0
  if (!isWhole && !isByChannel(call, x)) throw otherAxis(call)
  const channels = isWhole ? undefined : x.dims[channelAxis(x) - 1]
  const slot = (name: string, of: number | undefined): WeightSlot => {
    const shape = of === undefined ? [] : [of]
    return { name, shape, tensor: `${call.name}/${name}`, dims: isMap(x) && of !== undefined ? [of, 1, 1] : shape, layout: 'plain' }
  }
  return [slot('mean', channels), slot('variance', channels), slot('count', undefined)]
}

function isByChannel(call: LayerCall, x: AnyValue): boolean {
  const [axis, ...others] = axesOf(call)
  return axis !== undefined && others.length === 0 && storedAxis(x, axis) === channelAxis(x)
}

/** One axis, a list of them, or null for none. */
function axesOf({ layer }: LayerCall): readonly number[] {
  if (layer.config.axis === null) return []
  const as = (value: unknown) => (Array.isArray(value) ? listOf(integer)(value) : listOf(integer)([value]))
  return setting(layer, 'axis', { as, fallback: [-1] })
}

function otherAxis({ layer }: LayerCall): Unconvertible {
  return new Unconvertible(`${titleOf(layer)} along another axis than that of the channels`)
}
