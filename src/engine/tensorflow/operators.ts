import type { Node } from '../../graph/graph.js'
import { cast, constant } from './constant.js'
import { convolution } from './convolution.js'
import { binary, clip, elu, hardSigmoid, hardSwish, leakyRelu, softsign, unary } from './elementwise.js'
import { gemm, matMul } from './matrices.js'
import { batchNormalisation, softmax } from './normalisation.js'
import { type Compiled, type Context, type Operator, refusal } from './operator.js'
import { averagePool, globalPool, maxPool } from './pooling.js'
import { concat, flatten, identity, reduceMean, reshape, shape, squeeze, transpose, unsqueeze } from './shapes.js'
import { gather, pad, slice, split } from './slices.js'

/** The operators of ONNX that the engine knows. */
const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['Abs', unary((tf) => tf.abs)],
  ['Add', binary((tf) => tf.add)],
  ['AveragePool', averagePool],
  ['BatchNormalization', batchNormalisation],
  ['Cast', cast],
  ['Clip', clip],
  ['Concat', concat],
  ['Constant', constant],
  ['Conv', convolution],
  ['Div', binary((tf) => tf.div)],
  ['Dropout', identity],
  ['Elu', elu({ alpha: 1, gamma: 1 })],
  ['Erf', unary((tf) => tf.erf)],
  ['Exp', unary((tf) => tf.exp)],
  ['Flatten', flatten],
  ['Gather', gather],
  ['Gemm', gemm],
  ['GlobalAveragePool', globalPool((tf) => tf.mean)],
  ['GlobalMaxPool', globalPool((tf) => tf.max)],
  ['HardSigmoid', hardSigmoid],
  ['HardSwish', hardSwish],
  ['Identity', identity],
  ['LeakyRelu', leakyRelu],
  ['LogSoftmax', softmax((tf) => tf.logSoftmax)],
  ['MatMul', matMul],
  ['Max', binary((tf) => tf.maximum)],
  ['MaxPool', maxPool],
  ['Min', binary((tf) => tf.minimum)],
  ['Mul', binary((tf) => tf.mul)],
  ['Neg', unary((tf) => tf.neg)],
  ['PRelu', binary((tf) => tf.prelu)],
  ['Pad', pad],
  ['Pow', binary((tf) => tf.pow)],
  ['ReduceMean', reduceMean],
  ['Relu', unary((tf) => tf.relu)],
  ['Reshape', reshape],
  ['Shape', shape],
  ['Selu', elu({ alpha: 1.6732632, gamma: 1.050701 })],
  ['Sigmoid', unary((tf) => tf.sigmoid)],
  ['Slice', slice],
  ['Softmax', softmax((tf) => tf.softmax)],
  ['Softplus', unary((tf) => tf.softplus)],
  ['Softsign', softsign],
  ['Split', split],
  ['Sqrt', unary((tf) => tf.sqrt)],
  ['Squeeze', squeeze],
  ['Sub', binary((tf) => tf.sub)],
  ['Sum', binary((tf) => tf.add)],
  ['Tanh', unary((tf) => tf.tanh)],
  ['Transpose', transpose],
  ['Unsqueeze', unsqueeze],
])

/**
 * Makes a node ready to run.
 *
 * @throws UserError when the engine does not know its operator, or cannot do what its attributes ask for.
 */
export function compile(node: Node, context: Context): Compiled {
  const standard = node.domain === '' || node.domain === 'ai.onnx'
  const operator = standard ? operators.get(node.op) : undefined
  if (!operator) throw refusal(node, `the operator ${standard ? '' : `${node.domain}.`}${node.op}`)
  return operator(node, context)
}
