import { describe, expect, it } from 'vitest'
import { network } from '../../../src/backbones/architecture.js'
import { architectures } from '../../../src/backbones/architectures.js'
import { createFeedSession } from '../../../src/engine/feed-session.js'
import { int, ints, text } from '../../../src/graph/attributes.js'
import { gradientGraph } from '../../../src/graph/gradient/gradient-graph.js'
import { ruleOf } from '../../../src/graph/gradient/rules.js'
import { withLoss } from '../../../src/graph/gradient/with-loss.js'
import { type Graph, type Node, node } from '../../../src/graph/graph.js'
import { writeOnnx } from '../../../src/graph/write-onnx.js'
import { expectClose } from '../../helpers/expect-close.js'
import { constant, expectGradients, gradientsOf } from '../../helpers/gradients.js'
import { convolution, graphOf, integers, noise, noiseFloats, tensor, value } from '../../helpers/tiny-graph.js'

const images = (n: number) => ({ data: noiseFloats(n * 192, 3), dims: [n, 3, 8, 8] })

describe('gradientGraph', () => {
  it.each<[string, Graph, readonly string[], string]>([
    [
      'an operator without a rule',
      graphOf([node('Relu', 'a', ['image']), node('LRN', 'norm', ['a'], { size: int(3) }), node('Identity', 'y', ['norm'])], {}),
      [],
      'Expected layers with a known gradient behind the first one that is trained, found LRN in layer "norm". Train from a layer behind it.',
    ],
    [
      'parts of a tensor',
      graphOf(
        [
          { ...node('Split', 'left', ['image'], { axis: int(2) }), outputs: ['left', 'right'] },
          node('Concat', 'y', ['right', 'left'], { axis: int(2) }),
        ],
        {},
      ),
      [],
      'Expected layers with a known gradient behind the first one that is trained, found Split in layer "left". Train from a layer behind it.',
    ],
    [
      'the moving mean that a batch norm gives in training mode',
      graphOf(
        [
          { ...node('BatchNormalization', 'y', ['image', 'g', 'g', 'g', 'g'], { training_mode: int(1) }), outputs: ['norm', 'mean'] },
          node('Identity', 'y', ['mean']),
        ],
        { g: noise([3]) },
      ),
      [],
      'Expected one output that leads to the loss, found another one in layer "y". Train from a layer behind it.',
    ],
    [
      'an operator of another domain',
      graphOf([{ ...node('Relu', 'y', ['image']), domain: 'com.microsoft' }], {}),
      [],
      'Expected layers with a known gradient behind the first one that is trained, found Relu in layer "y". Train from a layer behind it.',
    ],
    [
      'an old operator set',
      convolution({ opsets: new Map([['', 13]]) }),
      [],
      'Expected a model of operator set 16 or later to train, found 13. Export it again with opset 17.',
    ],
    [
      'a constant that is not there',
      convolution(),
      ['kernel'],
      'Expected kernel to be a float32 constant that the output depends on, found none',
    ],
    [
      'whole numbers',
      graphOf([node('Reshape', 'y', ['image', 'shape'])], { shape: integers(-1, 192) }),
      ['shape'],
      'Expected shape to be a float32 constant that the output depends on, found int64',
    ],
    [
      'a moving mean',
      graphOf([node('BatchNormalization', 'y', ['image', 'g', 'b', 'm', 'v'])], {
        ...{ g: noise([3]), b: noise([3]), m: noise([3]) },
        v: tensor([3], [1, 1, 1]),
      }),
      ['m'],
      'Expected the output to depend smoothly on m',
    ],
    [
      'padding with edges',
      graphOf([node('Pad', 'y', ['image', 'pads'], { mode: text('edge') })], { pads: integers(0, 0, 1, 1, 0, 0, 1, 1) }),
      [],
      'Expected Pad with a constant, found mode edge in layer "y"',
    ],
    [
      'a batch norm in training mode',
      graphOf([node('BatchNormalization', 'y', ['image', 'g', 'g', 'g', 'g'], { training_mode: int(1) })], { g: noise([3]) }),
      [],
      'Expected moving statistics, found training mode in layer "y"',
    ],
    [
      'a batch norm whose scale is computed',
      graphOf([node('Exp', 'e', ['g']), node('BatchNormalization', 'y', ['image', 'e', 'g', 'g', 'g'])], { g: noise([3]) }),
      [],
      'Expected constants, found e computed in layer "y"',
    ],
    [
      'a kernel that is computed',
      graphOf([node('Exp', 'e', ['w']), node('Conv', 'y', ['image', 'e'])], { w: noise([4, 3, 3, 3]) }),
      [],
      'Expected a constant kernel of two dimensions, found one computed in layer "y"',
    ],
    [
      'a kernel of one dimension',
      graphOf([node('Conv', 'y', ['image', 'w'])], { w: noise([4, 3, 3]) }),
      [],
      'Expected a constant kernel of two dimensions, found 1 in layer "y"',
    ],
    [
      'a matrix times a row',
      graphOf([node('MatMul', 'y', ['image', 'w'])], { w: noise([8]) }),
      [],
      'Expected MatMul of matrices, found a row of numbers in layer "y"',
    ],
    [
      'the maximum of three',
      graphOf([node('Max', 'y', ['image', 'image', 'image'])], {}),
      [],
      'Expected Max of two tensors, found 3 in layer "y"',
    ],
    [
      'a power that is trained',
      graphOf([node('Pow', 'y', ['image', 'p'])], { p: noise([1]) }),
      ['p'],
      'Expected a constant power, found one that is trained in layer "y"',
    ],
    [
      'an average pool that rounds up',
      graphOf([node('AveragePool', 'y', ['image'], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) })], {}),
      [],
      'Expected an average pool that rounds down, found ceil_mode in layer "y"',
    ],
  ])('refuses %s', (_, graph, trained, message) => {
    expect(() => gradientGraph(graph, { trained, data: ['image'] })).toThrow(message)
  })

  it('names inputs and outputs, and keeps what is not trained as constants', () => {
    const { inputs, outputs, initializers } = gradientGraph(convolution(), { trained: ['bias'], data: ['image'] })
    expect(inputs).toEqual([value('image', ['n', 3, 8, 8]), value('gradient', ['n', 4, 6, 6]), value('bias', [4])])
    expect(outputs).toEqual([value('y', ['n', 4, 6, 6]), value('bias:gradient', [4]), value('image:gradient', ['n', 3, 8, 8])])
    expect(initializers.get('weight')).toEqual(noise([4, 3, 3, 3]))
    expect(initializers.has('bias')).toBe(false)
  })

  it('does not go back through layers that nothing trained stands before', () => {
    const nodes = [node('LRN', 'norm', ['image'], { size: int(3) }), node('Conv', 'y', ['norm', 'w'])]
    const { nodes: written } = gradientGraph(graphOf(nodes, { w: noise([4, 3, 3, 3]) }), { trained: ['w'] })
    expect(written.filter(({ op }) => op === 'ConvTranspose')).toEqual([])
  })

  it('runs any batch in one session, with new values of what is trained', async () => {
    const graph = convolution()
    const session = await createFeedSession(writeOnnx(gradientGraph(graph, { trained: ['weight', 'bias'] })), 1)
    const run = async (first: number, n: number, scale: number) => {
      const weights = Object.fromEntries(
        ['weight', 'bias'].map((name) => {
          const { data, dims } = constant(graph, name)
          return [name, { data: data.map((number) => number * scale), dims }]
        }),
      )
      const image = { data: images(5).data.slice(first * 192, (first + n) * 192), dims: [n, 3, 8, 8] }
      const gradient = { data: noiseFloats(5 * 144, 4).slice(first * 144, (first + n) * 144), dims: [n, 4, 6, 6] }
      return [...((await session.run({ ...weights, image, gradient })).get('weight:gradient')?.data ?? [])]
    }
    for (const scale of [1, 2]) {
      const [two, three, five] = [await run(0, 2, scale), await run(2, 3, scale), await run(0, 5, scale)]
      expectClose(
        two.map((number, at) => number + (three[at] ?? 0)),
        five,
        { relative: 1e-4, absolute: 1e-5 },
      )
    }
    expect(await run(0, 5, 1)).not.toEqual(await run(0, 5, -1))
    await session.release()
  })

  it.each([16, 18, 21])('is of the operator set that the graph is of: %i', async (opset) => {
    const nodes = [
      node('Conv', 'conv', ['image', 'w'], { strides: ints([2, 2]), auto_pad: text('SAME_UPPER') }),
      node('MaxPool', 'pooled', ['conv'], { kernel_shape: ints([2, 2]) }),
      node('Concat', 'both', ['pooled', 'pooled'], { axis: int(1) }),
      node('ReduceSum', 'sums', ['both', 'axes'], { keepdims: int(0) }),
      node('Softmax', 'y', ['sums']),
    ]
    const constants = { w: noise([4, 3, 3, 3]), axes: integers(2, 3) }
    const graph = withLoss(graphOf(nodes, constants, { opsets: new Map([['', opset]]), outputs: [value('y', ['n', 8])] }), {
      kind: 'softmax',
    })
    const targets = { data: noiseFloats(16, 2), dims: [2, 8] }
    await expectGradients({ graph, data: { image: images(2), targets }, by: [], trained: ['w'], step: 0.01 })
  })

  it('gives one gradient to two constants that add', async () => {
    const graph = graphOf([node('Add', 'a', ['image', 'b']), node('Add', 'y', ['a', 'c'])], { b: noise([3, 1, 1]), c: noise([3, 1, 1], 2) })
    const gradients = await gradientsOf({ graph, data: { image: images(2) } })
    expect(gradients.of.get('b')).toEqual(gradients.of.get('c'))
    await gradients.release()
  })

  it.each([...architectures.keys()])('knows every layer of %s', (name) => {
    const architecture = architectures.get(name)
    const nodes = architecture ? network(architecture).nodes : []
    expect(nodes.length).toBeGreaterThan(10)
    for (const each of nodes) expect(ruleOf(each)).toBeTypeOf('function')
  })
})

/** [n, 3, 8, 8] through every kind of layer to [n, 3]; functions without corners, so that differences are exact. */
const chain: readonly Node[] = [
  node('Pad', 'padded', ['image', 'pads']),
  node('Conv', 'conv', ['padded', 'w1', 'b1'], { strides: ints([2, 2]), auto_pad: text('SAME_UPPER') }),
  node('BatchNormalization', 'norm', ['conv', 'gamma', 'beta', 'mean', 'variance']),
  node('Softplus', 'soft', ['norm']),
  node('Conv', 'deep', ['soft', 'w2', 'b2'], { group: int(4), auto_pad: text('SAME_UPPER') }),
  node('Tanh', 'tanh', ['deep']),
  node('Add', 'sum', ['tanh', 'soft']),
  node('AveragePool', 'average', ['sum'], { kernel_shape: ints([3, 3]), auto_pad: text('SAME_UPPER') }),
  node('MaxPool', 'maximum', ['sum'], { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) }),
  node('Concat', 'both', ['average', 'maximum'], { axis: int(1) }),
  node('GlobalAveragePool', 'means', ['both']),
  node('Sigmoid', 'gate', ['means']),
  node('Mul', 'gated', ['both', 'gate']),
  node('Softsign', 'gentle', ['gated']),
  node('Transpose', 'last', ['gentle'], { perm: ints([0, 2, 3, 1]) }),
  node('MatMul', 'product', ['last', 'w3']),
  node('Elu', 'elu', ['product']),
  node('ReduceMean', 'rows', ['elu'], { axes: ints([1]), keepdims: int(0) }),
  node('Flatten', 'flat', ['rows']),
  node('Gemm', 'y', ['flat', 'w4', 'b4']),
]

/** Noise times 4: a loss that changes much. */
function strong(dims: readonly number[], seed?: number) {
  const { data } = constant(graphOf([], { c: noise(dims, seed) }), 'c')
  return tensor(
    dims,
    [...data].map((number) => 4 * number),
  )
}

describe('gradients through a chain of layers', () => {
  it('agree with differences', async () => {
    const constants = {
      ...{
        pads: integers(0, 0, 1, 0, 0, 0, 0, 1),
        w1: strong([4, 3, 3, 3]),
        b1: noise([4], 2),
        w2: strong([4, 1, 3, 3], 3),
        b2: noise([4], 4),
      },
      ...{ gamma: noise([4], 5), beta: noise([4], 6), mean: noise([4], 7), variance: tensor([4], [0.5, 1, 0.2, 2]) },
      ...{ w3: strong([8, 5], 8), w4: strong([25, 3], 9), b4: noise([3], 10) },
    }
    const graph = withLoss(graphOf(chain, constants, { outputs: [value('y', ['n', 3])] }), { kind: 'softmax' })
    const targets = { data: Float32Array.of(1, 0, 0, 0, 0, 1), dims: [2, 3] }
    const trained = ['w1', 'b1', 'gamma', 'beta', 'w2', 'b2', 'w3', 'w4', 'b4']
    await expectGradients({ graph, trained, by: ['image'], data: { image: images(2), targets }, step: 0.004 })
  })
})
