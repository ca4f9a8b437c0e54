import { type Activation, activationStep } from '../../graph/builder-activation.js'
import { isMap } from '../../graph/builder-layer.js'
import { isTensor, mergeStep, type Pairing } from '../../graph/builder-merge.js'
import { batchNormStep } from '../../graph/builder-norm.js'
import { Unconvertible } from '../unconvertible.js'
import { flagOf, numberOf, refuseChannelsFirst } from './attributes.js'
import { type TfNode, titleOf } from './graph-def.js'
import { constantAt, mapOf, type NodeRule, tensorAt } from './node-call.js'

/** Add, Mul and the like, of tensors and constants. */
export function pair(op: Pairing): NodeRule {
  return ({ node, operands }) => {
    refuseChannelsFirst(node)
    const [rank = 0, ...others] = new Set(operands.filter(isTensor).map(({ dims }) => dims.length))
    const fits = operands.length > 1 && others.length === 0 && operands.every((each) => isTensor(each) || each.shape.length <= rank + 1)
    if (fits) return { step: mergeStep(op, node.name, operands) }
    throw new Unconvertible(`${titleOf(node)} of tensors of different rank`)
  }
}

/** A function of each number, or of those along the channels. */
export function apply(activation: (node: TfNode) => Activation): NodeRule {
  return (call) => ({ step: activationStep(call.node.name, tensorAt(call), activation(call.node)) })
}

/** FusedBatchNorm and its later versions: scale, offset, mean and variance are constants. */
export const batchNorm: NodeRule = (call) => {
  const x = mapOf(call)
  if (!isMap(x) || (call.node.attributes.is_training !== undefined && flagOf(call.node, 'is_training'))) {
    throw new Unconvertible(`${titleOf(call.node)} as in training`)
  }
  const step = batchNormStep('keras', call.node.name, x, { epsilon: numberOf(call.node, 'epsilon', 1e-4) })
  return { step, weights: [1, 2, 3, 4].map((at) => constantAt(call, at)) }
}
