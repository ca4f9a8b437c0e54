import { int, intOf } from '../attributes.js'
import type { Rule, Rules } from './rule.js'

/** y = softmax(x): y · (g − Σ g · y). */
const softmax: Rule = ({ write, node, gradient }) => {
  const [y = ''] = node.outputs
  const axis = write.integers(intOf(node, 'axis', -1))
  const mean = write.op('ReduceSum', [write.op('Mul', [gradient, y]), axis], { keepdims: int(1) })
  return [write.op('Mul', [y, write.op('Sub', [gradient, mean])])]
}

/** y = log softmax(x): g − exp(y) · Σ g. */
const logSoftmax: Rule = ({ write, node, gradient }) => {
  const axis = write.integers(intOf(node, 'axis', -1))
  const sum = write.op('ReduceSum', [gradient, axis], { keepdims: int(1) })
  return [write.op('Sub', [gradient, write.op('Mul', [write.op('Exp', [node.outputs[0] ?? '']), sum])])]
}

export const softmaxRules: Rules = { Softmax: softmax, LogSoftmax: logSoftmax }
