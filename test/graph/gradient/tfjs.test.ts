import { describe, it } from 'vitest'
import { int, ints, text } from '../../../src/graph/attributes.js'
import { type Graph, type Node, node } from '../../../src/graph/graph.js'
import { expectClose } from '../../helpers/expect-close.js'
import { constant, gradientsOf } from '../../helpers/gradients.js'
import { tf } from '../../helpers/tfjs.js'
import { graphOf, noise, noiseFloats, tensor, value } from '../../helpers/tiny-graph.js'

type Tensor4 = ReturnType<typeof tf.tensor4d>
type AnyTensor = ReturnType<typeof tf.tensor>

interface Case {
  readonly node: Node
  readonly constants: Graph['initializers']
  /** The same by tfjs, channels last; kernels come as ONNX has them. */
  readonly same: (x: Tensor4, ...constants: readonly AnyTensor[]) => AnyTensor
}

const dims = [2, 4, 7, 6]
const x = noiseFloats(2 * 4 * 7 * 6, 11)
const all = (of: Readonly<Record<string, ReturnType<typeof noise>>>) => new Map(Object.entries(of))

function four(of: AnyTensor): Tensor4 {
  const [a = 1, b = 1, c = 1, d = 1] = of.shape
  return tf.reshape<tf.Rank.R4>(of, [a, b, c, d])
}

/** [out, in, h, w] → [h, w, in, out], and of depthwise kernels → [h, w, out, in]. */
const hwio = (kernel: AnyTensor): Tensor4 => tf.transpose(four(kernel), [2, 3, 1, 0])
const depthwise = (kernel: AnyTensor): Tensor4 => tf.transpose(four(kernel), [2, 3, 0, 1])
const same = { auto_pad: text('SAME_UPPER') } as const
const constants = all({ w: noise([5, 4, 3, 3]), b: noise([5], 2) })
const norm = all({ g: noise([4], 1), b: noise([4], 2), m: noise([4], 3), v: tensor([4], [0.1, 1, 2, 0.5]) })

const cases: Readonly<Record<string, Case>> = {
  Conv: {
    node: node('Conv', 'y', ['x', 'w', 'b'], same),
    constants,
    same: (x, w = x, b = x) => tf.add(tf.conv2d(x, hwio(w), 1, 'same'), b),
  },
  'Conv with strides': {
    node: node('Conv', 'y', ['x', 'w', 'b'], { ...same, strides: ints([2, 2]) }),
    constants,
    same: (x, w = x, b = x) => tf.add(tf.conv2d(x, hwio(w), 2, 'same'), b),
  },
  'Conv, depthwise': {
    node: node('Conv', 'y', ['x', 'w'], { ...same, strides: ints([2, 2]), group: int(4) }),
    constants: all({ w: noise([4, 1, 3, 3]) }),
    same: (x, w = x) => tf.depthwiseConv2d(x, depthwise(w), 2, 'same'),
  },
  BatchNormalization: {
    node: node('BatchNormalization', 'y', ['x', 'g', 'b', 'm', 'v'], { epsilon: { kind: 'float', value: 1e-3 } }),
    constants: norm,
    same: (x, g = x, b = x, m = x, v = x) =>
      tf.batchNorm(x, tf.reshape(m, [4]), tf.reshape(v, [4]), tf.reshape(b, [4]), tf.reshape(g, [4]), 1e-3),
  },
  MaxPool: {
    node: node('MaxPool', 'y', ['x'], { ...same, kernel_shape: ints([3, 3]), strides: ints([2, 2]) }),
    constants: all({}),
    same: (x) => tf.maxPool(x, 3, 2, 'same'),
  },
  AveragePool: {
    node: node('AveragePool', 'y', ['x'], { kernel_shape: ints([2, 3]), strides: ints([2, 1]) }),
    constants: all({}),
    same: (x) => tf.avgPool(x, [2, 3], [2, 1], 'valid'),
  },
  GlobalAveragePool: { node: node('GlobalAveragePool', 'y', ['x']), constants: all({}), same: (x) => tf.mean(x, [1, 2], true) },
  Relu: { node: node('Relu', 'y', ['x']), constants: all({}), same: (x) => tf.relu(x) },
  Sigmoid: { node: node('Sigmoid', 'y', ['x']), constants: all({}), same: (x) => tf.sigmoid(x) },
  Softmax: { node: node('Softmax', 'y', ['x'], { axis: int(1) }), constants: all({}), same: (x) => tf.softmax(x) },
  LogSoftmax: { node: node('LogSoftmax', 'y', ['x'], { axis: int(1) }), constants: all({}), same: (x) => tf.logSoftmax(x) },
  LeakyRelu: { node: node('LeakyRelu', 'y', ['x']), constants: all({}), same: (x) => tf.leakyRelu(x, 0.01) },
  Elu: { node: node('Elu', 'y', ['x']), constants: all({}), same: (x) => tf.elu(x) },
  Tanh: { node: node('Tanh', 'y', ['x']), constants: all({}), same: (x) => tf.tanh(x) },
}

describe('gradients as tfjs has them', () => {
  it.each(Object.entries(cases))('%s', async (_, { node, constants, same }) => {
    const graph = graphOf([node], Object.fromEntries(constants), { inputs: [value('x', ['n', 4, 'h', 'w'])] })
    const trained = [...constants.keys()].filter((name) => !['m', 'v'].includes(name))
    const gradients = await gradientsOf({ graph, trained, data: { x: { data: x, dims } } })
    const fixed = [...constants.keys()].map((name) => tf.tensor(constant(graph, name).data, [...constant(graph, name).dims]))
    const forward = (image: AnyTensor, ...weights: AnyTensor[]) => {
      const y = same(tf.transpose(four(image), [0, 2, 3, 1]), ...weights, ...fixed.slice(weights.length))
      return tf.transpose(y, [0, 3, 1, 2])
    }
    const inputs = [tf.tensor(x, dims), ...fixed.slice(0, trained.length)]
    const expected = tf.grads(forward)(inputs, tf.tensor(gradients.upstream, [...gradients.y.dims]))
    for (const [at, name] of ['x', ...trained].entries()) {
      const wanted = expected[at]?.dataSync() ?? []
      const largest = [...wanted].reduce((most, number) => Math.max(most, Math.abs(number)), 0)
      expectClose(gradients.of.get(name) ?? [], wanted, { absolute: 1e-4 * largest })
    }
    await gradients.release()
  })
})
