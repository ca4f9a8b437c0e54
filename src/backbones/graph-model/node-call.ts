import type { Constant } from '../../graph/builder-constant.js'
import { type AnyValue, isMap, type Step, type Value } from '../../graph/builder-layer.js'
import { isTensor, type Operand } from '../../graph/builder-merge.js'
import { Unconvertible } from '../unconvertible.js'
import { refuseChannelsFirst } from './attributes.js'
import { type TfNode, titleOf } from './graph-def.js'

/** A node with what it is applied to. */
export interface NodeCall {
  readonly node: TfNode
  readonly operands: readonly Operand[]
}

/** What a node becomes; the values of the step's weights in order, where it has weights. */
export interface NodeStep {
  readonly step: Step<readonly number[]>
  readonly weights?: readonly Constant[]
}

/** How nodes of an operation are computed. Throws Unconvertible where one's settings are beyond it. */
export type NodeRule = (call: NodeCall) => NodeStep

/** The tensor that is a node's operand number `at`. */
export function tensorAt({ node, operands }: NodeCall, at = 0): AnyValue {
  const operand = operands[at]
  if (operand && isTensor(operand)) return operand
  throw new Unconvertible(`${titleOf(node)} whose input ${at} does not depend on the image`)
}

/** The map that is a node's first operand. */
export function mapOf(call: NodeCall): Value {
  const x = tensorAt(call)
  refuseChannelsFirst(call.node)
  if (isMap(x)) return x
  throw new Unconvertible(`${titleOf(call.node)} on a tensor of the shape [n, ${x.dims.join(', ')}] in place of [n, h, w, channels]`)
}

/** The constant that is a node's operand number `at`. */
export function constantAt({ node, operands }: NodeCall, at: number): Constant {
  const operand = operands[at]
  if (operand && !isTensor(operand)) return operand
  throw new Unconvertible(`${titleOf(node)} whose input ${at} is no constant`)
}

/** The numbers of such a constant. */
export function numbersAt(call: NodeCall, at: number): readonly number[] {
  return [...constantAt(call, at).data]
}
