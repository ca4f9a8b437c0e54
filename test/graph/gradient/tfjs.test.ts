import { describe, it } from 'vitest'
import { float, int, ints, text } from '../../../src/graph/attributes.js'
import { withBatchStatistics } from '../../../src/graph/gradient/batch-statistics.js'
import { withLoss } from '../../../src/graph/gradient/with-loss.js'
import { type Graph, type Node, node } from '../../../src/graph/graph.js'
import { expectClose } from '../../helpers/expect-close.js'
import { constant, gradientsOf } from '../../helpers/gradients.js'
import { tf } from '../../helpers/tfjs.js'
import { graphOf, integers, noise, noiseFloats, tensor, value } from '../../helpers/tiny-graph.js'

type Tensor4 = ReturnType<typeof tf.tensor4d>
type AnyTensor = ReturnType<typeof tf.tensor>

/** The same by tfjs; constants come as ONNX has them. */
type Same = (x: Tensor4, ...constants: readonly AnyTensor[]) => AnyTensor

interface Case {
  readonly graph: Graph
  readonly same: Same
}

const dims = [2, 4, 7, 6]
/** From −4 to 4, where HardSwish has both its corners. */
const x = { data: noiseFloats(2 * 4 * 7 * 6, 11).map((number) => 8 * number), dims }
const targets = { data: Float32Array.of(0, 1, 0, 0.9, 0, 0.1), dims: [2, 3] }

function four(of: AnyTensor): Tensor4 {
  const [a = 1, b = 1, c = 1, d = 1] = of.shape
  return tf.reshape<tf.Rank.R4>(of, [a, b, c, d])
}

/** Layers whose channels tfjs has last. */
function images(same: Same): Same {
  return (x, ...constants) => tf.transpose(same(tf.transpose(x, [0, 2, 3, 1]), ...constants), [0, 3, 1, 2])
}

function network(nodes: readonly Node[], constants: Parameters<typeof graphOf>[1] = {}): Graph {
  return graphOf(nodes, constants, {
    inputs: [value('x', ['n', 4, 7, 6])],
    outputs: [value('y', nodes.at(-1)?.op === 'Gemm' ? ['n', 3] : undefined)],
  })
}

/** [out, in, h, w] → [h, w, in, out], and of depthwise kernels → [h, w, out, in]. */
const hwio = (kernel: AnyTensor): Tensor4 => tf.transpose(four(kernel), [2, 3, 1, 0])
const depthwise = (kernel: AnyTensor): Tensor4 => tf.transpose(four(kernel), [2, 3, 0, 1])
const same = { auto_pad: text('SAME_UPPER') } as const
const constants = { w: noise([5, 4, 3, 3]), b: noise([5], 2) }
const head = [node('Flatten', 'flat', ['x']), node('Gemm', 'y', ['flat', 'w', 'b'])]
const dense = { w: noise([168, 3]), b: noise([3], 2) }
const dot: Same = (x, w = x, b = x) => tf.add(tf.matMul(tf.reshape(x, [2, 168]), tf.reshape(w, [168, 3])), b)
const norm = node('BatchNormalization', 'y', ['x', 'g', 'b', 'm', 'v'], { epsilon: float(1e-3) })
const statistics = { g: noise([4], 1), b: noise([4], 2), m: noise([4], 3), v: tensor([4], [0.1, 1, 2, 0.5]) }

const cases: Readonly<Record<string, Case>> = {
  Conv: {
    graph: network([node('Conv', 'y', ['x', 'w', 'b'], same)], constants),
    same: images((x, w = x, b = x) => tf.add(tf.conv2d(x, hwio(w), 1, 'same'), b)),
  },
  'Conv with strides': {
    graph: network([node('Conv', 'y', ['x', 'w', 'b'], { ...same, strides: ints([2, 2]) })], constants),
    same: images((x, w = x, b = x) => tf.add(tf.conv2d(x, hwio(w), 2, 'same'), b)),
  },
  'Conv with asymmetric pads': {
    graph: network([node('Conv', 'y', ['x', 'w', 'b'], { pads: ints([0, 2, 1, 0]) })], constants),
    same: images((x, w = x, b = x) =>
      tf.add(
        tf.conv2d(
          tf.pad(x, [
            [0, 0],
            [0, 1],
            [2, 0],
            [0, 0],
          ]),
          hwio(w),
          1,
          'valid',
        ),
        b,
      ),
    ),
  },
  'Conv, depthwise': {
    graph: network([node('Conv', 'y', ['x', 'w'], { ...same, strides: ints([2, 2]), group: int(4) })], { w: noise([4, 1, 3, 3]) }),
    same: images((x, w = x) => tf.depthwiseConv2d(x, depthwise(w), 2, 'same')),
  },
  'Flatten and Gemm': { graph: network(head, dense), same: dot },
  MatMul: {
    graph: network([node('MatMul', 'y', ['x', 'w'])], { w: noise([6, 5]) }),
    same: (x, w = x) => tf.reshape(tf.matMul(tf.reshape(x, [56, 6]), tf.reshape(w, [6, 5])), [2, 4, 7, 5]),
  },
  Add: { graph: network([node('Add', 'y', ['x', 'c'])], { c: noise([4, 1, 1]) }), same: (x, c = x) => tf.add(x, c) },
  Mul: { graph: network([node('Mul', 'y', ['x', 'c'])], { c: noise([4, 1, 1]) }), same: (x, c = x) => tf.mul(x, c) },
  BatchNormalization: {
    graph: network([norm], statistics),
    same: images((x, g = x, b = x, m = x, v = x) =>
      tf.batchNorm(x, tf.reshape(m, [4]), tf.reshape(v, [4]), tf.reshape(b, [4]), tf.reshape(g, [4]), 1e-3),
    ),
  },
  'BatchNormalization in training mode': {
    graph: withBatchStatistics(network([norm], statistics)).graph,
    same: images((x, g = x, b = x) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2])
      return tf.batchNorm(x, tf.reshape(mean, [4]), tf.reshape(variance, [4]), tf.reshape(b, [4]), tf.reshape(g, [4]), 1e-3)
    }),
  },
  MaxPool: {
    graph: network([node('MaxPool', 'y', ['x'], { ...same, kernel_shape: ints([3, 3]), strides: ints([2, 2]) })]),
    same: images((x) => tf.maxPool(x, 3, 2, 'same')),
  },
  AveragePool: {
    graph: network([node('AveragePool', 'y', ['x'], { kernel_shape: ints([2, 3]), strides: ints([2, 1]) })]),
    same: images((x) => tf.avgPool(x, [2, 3], [2, 1], 'valid')),
  },
  GlobalAveragePool: { graph: network([node('GlobalAveragePool', 'y', ['x'])]), same: (x) => tf.mean(x, [2, 3], true) },
  Concat: {
    graph: network([node('Concat', 'y', ['x', 'c', 'x'], { axis: int(1) })], { c: noise([2, 3, 7, 6]) }),
    same: (x, c = x) => tf.concat([x, four(c), x], 1),
  },
  Reshape: {
    graph: network([node('Reshape', 'y', ['x', 'shape'])], { shape: integers(-1, 12) }),
    same: (x) => tf.reshape(x, [28, 12]),
  },
  Transpose: { graph: network([node('Transpose', 'y', ['x'], { perm: ints([0, 2, 3, 1]) })]), same: (x) => tf.transpose(x, [0, 2, 3, 1]) },
  Pad: {
    graph: network([node('Pad', 'y', ['x', 'pads'])], { pads: integers(0, 0, 1, 2, 0, 1, 0, 3) }),
    same: (x) =>
      tf.pad(x, [
        [0, 0],
        [0, 1],
        [1, 0],
        [2, 3],
      ]),
  },
  Relu: { graph: network([node('Relu', 'y', ['x'])]), same: (x) => tf.relu(x) },
  Clip: {
    graph: network([node('Clip', 'y', ['x', 'low', 'high'])], { low: tensor([], [-0.3]), high: tensor([], [0.2]) }),
    same: (x) => tf.clipByValue(x, -0.3, 0.2),
  },
  LeakyRelu: { graph: network([node('LeakyRelu', 'y', ['x'])]), same: (x) => tf.leakyRelu(x, 0.01) },
  HardSwish: {
    graph: network([node('HardSwish', 'y', ['x'])]),
    same: (x) => tf.div(tf.mul(x, tf.clipByValue(tf.add(x, 3), 0, 6)), 6),
  },
  Sigmoid: { graph: network([node('Sigmoid', 'y', ['x'])]), same: (x) => tf.sigmoid(x) },
  Elu: { graph: network([node('Elu', 'y', ['x'])]), same: (x) => tf.elu(x) },
  Tanh: { graph: network([node('Tanh', 'y', ['x'])]), same: (x) => tf.tanh(x) },
  Softmax: { graph: network([node('Softmax', 'y', ['x'])]), same: (x) => tf.softmax(x) },
  LogSoftmax: { graph: network([node('LogSoftmax', 'y', ['x'])]), same: (x) => tf.logSoftmax(x) },
  'Softmax with cross-entropy': {
    graph: withLoss(network(head, dense), { kind: 'softmax' }),
    same: (x, ...of) =>
      tf.losses.softmaxCrossEntropy(tf.tensor(targets.data, targets.dims), dot(x, ...of), undefined, 0, tf.Reduction.NONE),
  },
}

describe('gradients as tfjs has them', () => {
  it.each(Object.entries(cases))('%s', async (_, { graph, same }) => {
    const names = [...graph.initializers.keys()]
    const trained = names.filter((name) => ['w', 'b', 'c', 'g'].includes(name))
    const data = graph.inputs.length > 1 ? { x, targets } : { x }
    const gradients = await gradientsOf({ graph, trained, data, by: ['x'] })
    const [image, ...weights] = [x, ...trained.map((name) => constant(graph, name))].map((feed) => tf.tensor(feed.data, [...feed.dims]))
    const fixed = ['m', 'v'].filter((name) => names.includes(name)).map((name) => tf.tensor(constant(graph, name).data))
    const forward = (image: AnyTensor, ...weights: AnyTensor[]) => same(four(image), ...weights, ...fixed)
    const inputs = image ? [image, ...weights] : []
    const expected = tf.grads(forward)(inputs, tf.tensor(gradients.upstream, [...gradients.y.dims]))
    for (const [at, name] of ['x', ...trained].entries()) {
      const wanted = expected[at]?.dataSync() ?? []
      const largest = [...wanted].reduce((most, number) => Math.max(most, Math.abs(number)), 0)
      expectClose(gradients.of.get(name) ?? [], wanted, { absolute: 1e-5 * largest })
    }
    await gradients.release()
  })
})
