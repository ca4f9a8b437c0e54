import type { Constant } from '../../graph/builder-constant.js'
import { isTensor } from '../../graph/builder-merge.js'
import { shownShape } from '../../graph/builder-shape.js'
import { Unconvertible } from '../unconvertible.js'
import { numberOf } from './attributes.js'
import { titleOf } from './graph-def.js'
import { constantAt, type NodeCall, numbersAt, tensorAt } from './node-call.js'

/** How a node's constant comes about; undefined where it is none. */
type ConstantRule = (call: NodeCall) => Constant | undefined

/**
 * Nodes that are known before any image is: shapes, and what is made of constants alone. The batch, whose length is not
 * known, is −1 in a shape, which is how a Reshape wants it.
 */
export const constantRules: ReadonlyMap<string, ConstantRule> = new Map<string, ConstantRule>([
  ['Shape', (call) => vector([-1, ...shownShape(tensorAt(call))])],
  ['StridedSlice', (call) => (isConstant(call) ? slice(call) : undefined)],
  ['Pack', (call) => (isConstant(call) ? vector(call.operands.flatMap((_, at) => numbersAt(call, at))) : undefined)],
  ['Identity', (call) => (isConstant(call) ? constantAt(call, 0) : undefined)],
])

function isConstant({ operands }: NodeCall): boolean {
  return operands.every((operand) => !isTensor(operand))
}

function vector(values: readonly number[]): Constant {
  return { shape: [values.length], data: Float32Array.from(values) }
}

/** Numbers from `begin` up to `end` of a list. */
function slice(call: NodeCall): Constant {
  const { node } = call
  const [begin, end, step] = [1, 2, 3].map((at) => numbersAt(call, at)[0] ?? 0)
  const [values, masks] = [numbersAt(call, 0), ['ellipsis_mask', 'new_axis_mask'].map((key) => numberOf(node, key, 0))]
  if (constantAt(call, 0).shape.length !== 1 || step !== 1 || masks.some((mask) => mask !== 0))
    throw new Unconvertible(`${titleOf(node)} of other than a list`)
  if (numberOf(node, 'shrink_axis_mask', 0) === 1) return { shape: [], data: Float32Array.of(values.at(begin ?? 0) ?? 0) }
  const from = numberOf(node, 'begin_mask', 0) === 1 ? 0 : begin
  return vector(values.slice(from, numberOf(node, 'end_mask', 0) === 1 ? undefined : end))
}
