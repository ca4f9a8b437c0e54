import { floatOf, int } from '../attributes.js'
import { elementTypes, type Node } from '../graph.js'
import type { NodeWriter } from './node-writer.js'
import type { Rule, Rules } from './rule.js'

interface Point {
  readonly write: NodeWriter
  readonly node: Node
  readonly x: string
  readonly y: string
}

/** f'(x) of a function of single numbers. */
type Derivative = (point: Point) => string

/** The tensor that was repeated to make this one: a product with a whole tensor repeats it, too. */
function unexpanded({ nodes }: NodeWriter, tensor: string): string {
  const made = nodes.find(({ op, outputs }) => op === 'Expand' && outputs[0] === tensor)
  return made?.inputs[0] ?? tensor
}

/** g · f'(x). */
function chained(derivative: Derivative): Rule {
  return ({ write, node, gradient }) => {
    const [x = '', y = ''] = [node.inputs[0], node.outputs[0]]
    return [write.op('Mul', [unexpanded(write, gradient), derivative({ write, node, x, y })])]
  }
}

/** g where the function rises with 1, a share of it elsewhere. */
function masked(isKept: (point: Point) => string, share: (point: Point) => number): Rule {
  return ({ write, node, gradient }) => {
    const point = { write, node, x: node.inputs[0] ?? '', y: node.outputs[0] ?? '' }
    return [write.op('Where', [isKept(point), gradient, write.op('Mul', [gradient, write.number(share(point))])])]
  }
}

/** 1 where the function rises, 0 elsewhere: the engine multiplies twice as fast as it chooses. */
const switched =
  (isKept: (point: Point) => string): Derivative =>
  (point) =>
    point.write.op('Cast', [isKept(point)], { to: int(elementTypes.float32) })

const isAbove = ({ write, x }: Point) => write.op('Greater', [x, write.number(0)])

/** The same from the output: then nothing of the input needs to be kept for the way back. */
const isOn = ({ write, y }: Point) => write.op('Greater', [y, write.number(0)])

/** Strictly between the bounds, either of which may be missing; from the output as well. */
const isInside = ({ write, node, y }: Point) => {
  const [, low, high] = node.inputs
  const sides = [...(low ? [write.op('Greater', [y, low])] : []), ...(high ? [write.op('Less', [y, high])] : [])]
  const [first = write.op('Equal', [y, y]), second] = sides
  return second === undefined ? first : write.op('And', [first, second])
}

/** alpha strictly between 0 and 1, 0 elsewhere. */
const hardSigmoid: Derivative = ({ write, node, y }) => {
  const [zero, one] = [write.number(0), write.number(1)]
  const inside = write.op('And', [write.op('Greater', [y, zero]), write.op('Less', [y, one])])
  return write.op('Where', [inside, write.number(floatOf(node, 'alpha', 0.2)), zero])
}

/** x / 3 + 0.5 for |x| < 3, 0 below and 1 above. */
const hardSwish: Derivative = ({ write, x }) => {
  const inside = write.op('Less', [write.op('Abs', [x]), write.number(3)])
  const slope = write.op('Add', [write.op('Div', [x, write.number(3)]), write.number(0.5)])
  const outside = write.op('Where', [write.op('Greater', [x, write.number(0)]), write.number(1), write.number(0)])
  return write.op('Where', [inside, slope, outside])
}

/** y · (1 − y). */
const sigmoid: Derivative = ({ write, y }) => write.op('Mul', [y, write.op('Sub', [write.number(1), y])])

/** 1 − y². */
const tanh: Derivative = ({ write, y }) => write.op('Sub', [write.number(1), write.op('Mul', [y, y])])

/** 1 / (1 + |x|)². */
const softsign: Derivative = ({ write, x }) => {
  const share = write.op('Reciprocal', [write.op('Add', [write.op('Abs', [x]), write.number(1)])])
  return write.op('Mul', [share, share])
}

/** 2 / √π · exp(−x²). */
const erf: Derivative = ({ write, x }) => {
  const bell = write.op('Exp', [write.op('Neg', [write.op('Mul', [x, x])])])
  return write.op('Mul', [bell, write.number(2 / Math.sqrt(Math.PI))])
}

/** factor above 0, y + factor · alpha below. */
const elu =
  (usualAlpha: number, usualFactor: number): Derivative =>
  (point) => {
    const { write, node, y } = point
    const factor = floatOf(node, 'gamma', usualFactor)
    const below = write.op('Add', [y, write.number(factor * floatOf(node, 'alpha', usualAlpha))])
    return write.op('Where', [isAbove(point), write.number(factor), below])
  }

/** ONNX' defaults of Selu. */
const selu = elu(1.6732632423543772, 1.0507009873554805)

export const functionRules: Rules = {
  Relu: chained(switched(isOn)),
  Clip: chained(switched(isInside)),
  LeakyRelu: masked(isAbove, ({ node }) => floatOf(node, 'alpha', 0.01)),
  Elu: chained(elu(1, 1)),
  Selu: chained(selu),
  Sigmoid: chained(sigmoid),
  HardSigmoid: chained(hardSigmoid),
  HardSwish: chained(hardSwish),
  Tanh: chained(tanh),
  Softplus: chained(({ write, x }) => write.op('Sigmoid', [x])),
  Softsign: chained(softsign),
  Erf: chained(erf),
  Exp: chained(({ y }) => y),
  Log: chained(({ write, x }) => write.op('Reciprocal', [x])),
  Sqrt: chained(({ write, y }) => write.op('Div', [write.number(0.5), y])),
  Reciprocal: chained(({ write, y }) => write.op('Neg', [write.op('Mul', [y, y])])),
  Abs: chained(({ write, x }) => write.op('Sign', [x])),
  Neg: ({ write, gradient }) => [write.op('Neg', [gradient])],
}
