import { fieldsOf } from '../../base/json.js'
import { storedAxis } from '../../graph/builder-layer.js'
import { padStep } from '../../graph/builder-margins.js'
import { isTensor, joinStep } from '../../graph/builder-merge.js'
import { identityStep, permuteStep, reshapeStep, shownShape, wholeShape } from '../../graph/builder-shape.js'
import { Unconvertible } from '../unconvertible.js'
import { numbersOf } from './attributes.js'
import { titleOf } from './graph-def.js'
import { mapOf, type NodeCall, type NodeRule, type NodeStep, numbersAt, tensorAt } from './node-call.js'

/** Nodes that only pass a tensor on. */
export const identity: NodeRule = (call) => ({ step: identityStep(call.node.name, tensorAt(call)) })

/** A change of the numbers' type, which here is always the same. */
export const cast: NodeRule = (call) => {
  const { type } = fieldsOf(call.node.attributes.DstT)
  if (type === 'DT_FLOAT' || type === float) return identity(call)
  throw new Unconvertible(`${titleOf(call.node)} to ${String(type)}`)
}

/** DT_FLOAT by its number. */
const float = 1

/** The first number of the new shape is that of the batch: −1, or what the graph fixes. */
export const reshape: NodeRule = (call) => {
  const [, ...shape] = numbersAt(call, 1)
  return reshaped(call, shape)
}

export const squeeze: NodeRule = (call) => {
  const x = tensorAt(call)
  const axes = numbersOf(call.node, 'squeeze_dims').map((axis) => (axis < 0 ? axis + x.dims.length + 1 : axis))
  return reshaped(
    call,
    shownShape(x).filter((side, at) => (axes.length > 0 ? !axes.includes(at + 1) : side !== 1)),
  )
}

export const expandDims: NodeRule = (call) => {
  const x = tensorAt(call)
  const [axis = 0] = numbersAt(call, 1)
  return reshaped(call, shownShape(x).toSpliced((axis < 0 ? axis + x.dims.length + 2 : axis) - 1, 0, 1))
}

export const transpose: NodeRule = (call) => {
  const [batch, ...axes] = numbersAt(call, 1)
  if (batch === 0) return { step: permuteStep(call.node.name, tensorAt(call), axes) }
  throw new Unconvertible(`${titleOf(call.node)} of the batch with another axis`)
}

export const concat: NodeRule = (call) => {
  const tensors = call.operands.slice(0, -1).filter(isTensor)
  const [axis = -1] = numbersAt(call, call.operands.length - 1)
  const [first, ...others] = tensors
  const fits = tensors.length === call.operands.length - 1 && others.every(({ dims }) => dims.length === first?.dims.length)
  if (first && fits) return { step: joinStep(call.node.name, tensors, storedAxis(first, axis)) }
  throw new Unconvertible(`${titleOf(call.node)} of tensors of different rank`)
}

/** Pad and PadV2: rows and columns of zeros around a map. */
export const pad: NodeRule = (call) => {
  const [beforeBatch, afterBatch, top = 0, bottom = 0, left = 0, right = 0, ...channels] = numbersAt(call, 1)
  const value = call.operands.length > 2 ? (numbersAt(call, 2)[0] ?? 0) : 0
  const fits =
    [beforeBatch, afterBatch, ...channels, value].every((number) => number === 0) && [top, bottom, left, right].every((side) => side >= 0)
  if (fits) return { step: padStep(call.node.name, mapOf(call), [top, left, bottom, right]) }
  throw new Unconvertible(`${titleOf(call.node)} with other than zeros around a map`)
}

/** @param shape of one image; one side may be −1. */
function reshaped(call: NodeCall, shape: readonly number[]): NodeStep {
  const x = tensorAt(call)
  const whole = wholeShape(x, shape)
  if (whole) return { step: reshapeStep(call.node.name, x, whole) }
  throw new Unconvertible(`${titleOf(call.node)} from [n, ${shownShape(x).join(', ')}] to [n, ${shape.join(', ')}]`)
}
