import { activated, activationStep, scaled } from '../../graph/builder-activation.js'
import { type AnyValue, channelAxis, type Step, storedAxis } from '../../graph/builder-layer.js'
import { isTensor, joinStep, mergeStep, type Pairing } from '../../graph/builder-merge.js'
import { Unconvertible } from '../unconvertible.js'
import { type LayerCall, type LayerRule, tensorsOf } from './layer-call.js'
import { integer, real, setting } from './settings.js'
import { titleOf } from './topology.js'

/** Add, Multiply and the like: layers of tensors, and operations of a tensor and a constant. */
export function merge(op: Pairing): LayerRule {
  return (call) => merged(call, op)
}

export const average: LayerRule = (call) => activated(call.name, merged(call, 'Add'), scaled(1 / call.operands.length))

/** x + scale · y, a layer of keras.applications.InceptionResNetV2. */
export const scaledSum: LayerRule = (call) => {
  const [x, y, ...others] = sameRank(call)
  if (!y || others.length > 0) throw new Unconvertible(`${titleOf(call.layer)} on other than two tensors`)
  const scaledY = activationStep(`${call.name}:scaled`, y, scaled(setting(call.layer, 'scale', { as: real })))
  const sum = mergeStep('Add', call.name, [x, { ...y, name: `${call.name}:scaled` }])
  return { ...sum, inputs: [x, y], nodes: [...scaledY.nodes, ...sum.nodes], constants: { ...scaledY.constants } }
}

export const concatenate: LayerRule = (call) => {
  const tensors = sameRank(call)
  const axis = setting(call.layer, 'axis', { as: integer, fallback: -1 })
  return joinStep(call.name, tensors, storedAxis(tensors[0], axis))
}

function merged(call: LayerCall, op: Pairing): Step<readonly number[]> {
  const [first] = sameRank(call)
  const channels = first.dims[channelAxis(first) - 1] ?? 1
  const fits = call.operands.every((operand) => isTensor(operand) || [1, channels].includes(operand.data.length))
  if (!fits) throw new Unconvertible(`${titleOf(call.layer)} with a constant that is neither one number nor one for each channel`)
  if (call.operands.length > 1) return mergeStep(op, call.name, call.operands)
  throw new Unconvertible(`${titleOf(call.layer)} on one tensor alone`)
}

/** The tensors of a call, at least one. */
function sameRank(call: LayerCall): readonly [AnyValue, ...AnyValue[]] {
  const [first, ...others] = tensorsOf(call)
  if (first && others.every(({ dims }) => dims.length === first.dims.length)) return [first, ...others]
  const shapes = tensorsOf(call).map(({ dims }) => `[n, ${dims.join(', ')}]`)
  throw new Unconvertible(`${titleOf(call.layer)} on tensors of different rank: ${shapes.join(', ') || 'none'}`)
}
