import { describe, it } from 'vitest'
import { float } from '../../../src/graph/attributes.js'
import { type Node, node } from '../../../src/graph/graph.js'
import { expectGradients } from '../../helpers/gradients.js'
import { graphOf, noiseFloats, tensor, value } from '../../helpers/tiny-graph.js'

const inputs = [value('x', ['n', 5, 2])]

/** Numbers of both signs, none nearer than 0.05 to 0 or ±0.5 where functions have corners. */
const x = noiseFloats(40, 3).map(
  (number) => Math.sign(number) * (Math.abs(number) < 0.25 ? 0.1 + 1.2 * Math.abs(number) : 2 * Math.abs(number) + 0.1),
)
const positive = x.map((number) => Math.abs(number) + 0.5)
const dims = [4, 5, 2]

const constants = { low: tensor([], [-0.5]), high: tensor([], [0.5]), two: tensor([], [2.5]) }
const y = (op: string, attributes: Node['attributes'] = {}, ...others: readonly string[]) => node(op, 'y', ['x', ...others], attributes)

describe('gradients of functions', () => {
  it.each<[string, Node, number?]>([
    ['Relu', y('Relu')],
    ['Clip', y('Clip', {}, 'low', 'high')],
    ['Clip from below', y('Clip', {}, 'low')],
    ['Clip from above', y('Clip', {}, '', 'high')],
    ['LeakyRelu', y('LeakyRelu', { alpha: float(0.2) })],
    ['Elu', y('Elu', { alpha: float(0.7) })],
    ['Selu', y('Selu')],
    ['Sigmoid', y('Sigmoid')],
    ['HardSigmoid', y('HardSigmoid', { alpha: float(1), beta: float(0.5) })],
    ['HardSwish', y('HardSwish')],
    ['HardSwish of large numbers', y('HardSwish'), 10],
    ['Tanh', y('Tanh')],
    ['Softplus', y('Softplus')],
    ['Softsign', y('Softsign')],
    ['Erf', y('Erf')],
    ['Exp', y('Exp')],
    ['Abs', y('Abs')],
    ['Neg', y('Neg')],
    ['Identity', y('Identity')],
    ['Softmax', y('Softmax')],
    ['Softmax of another axis', y('Softmax', { axis: { kind: 'int', value: 1 } }), 3],
    ['LogSoftmax', y('LogSoftmax', { axis: { kind: 'int', value: 1 } }), 3],
  ])('%s', async (_, of, scale = 1) => {
    const data = { x: { data: x.map((number) => number * scale), dims } }
    await expectGradients({ graph: graphOf([of], constants, { inputs }), trained: [], data })
  })

  it.each<[string, Node]>([
    ['Log', y('Log')],
    ['Sqrt', y('Sqrt')],
    ['Reciprocal', y('Reciprocal')],
    ['Pow', y('Pow', {}, 'two')],
  ])('%s', async (_, of) => {
    await expectGradients({ graph: graphOf([of], constants, { inputs }), trained: [], data: { x: { data: positive, dims } } })
  })
})
