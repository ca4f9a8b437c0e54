import { describe, expect, it } from 'vitest'
import { calibrateRanges } from '../../src/engine/calibrate-ranges.js'
import { type Graph, type Node, node } from '../../src/graph/graph.js'
import { quantizeGraph } from '../../src/graph/quantize.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'
import { kernelsOf } from '../helpers/kernels-of.js'
import { runGraph } from '../helpers/run-graph.js'
import { graphOf, integers, noise, noiseFloats, tensor, value } from '../helpers/tiny-graph.js'

const images = 4
const dims = [images, 3, 8, 8]
const data = noiseFloats(images * 192, 40)

/** The graph in int8, its ranges measured on the test's own images without leaving any value out. */
async function quantized(graph: Graph, reduceRange = false): Promise<Graph> {
  return quantizeGraph(graph, await calibrateRanges(graph, [{ data, dims }], { percentile: 1 }), { reduceRange })
}

const ints = (...value: readonly number[]) => ({ kind: 'ints', value }) as const
const int = (value: number) => ({ kind: 'int', value }) as const
const pool = (sides: number) => ({ kernel_shape: ints(sides, sides) })

const constants = {
  w: noise([4, 3, 3, 3]),
  b: noise([4], 2),
  square: noise([4, 4, 3, 3], 3),
  deep: noise([4, 1, 3, 3], 4),
  dense: noise([144, 5], 5),
  turned: noise([5, 144], 6),
  five: noise([5], 7),
  pads: integers(0, 0, 1, 1, 0, 0, 1, 1),
  shape: integers(0, -1),
  zero: tensor([], [0]),
  six: tensor([], [6]),
  small: tensor([], [0.3]),
  gamma: noise([4], 11),
  beta: noise([4], 12),
  mean: noise([4], 13),
  variance: tensor([4], [0.2, 1, 0.4, 2]),
}
const conv = (output: string, input: string, weight = 'square', attributes: Node['attributes'] = {}) =>
  node('Conv', output, [input, weight, ...(weight === 'deep' ? [] : ['b'])], attributes)
const first = conv('c', 'image', 'w')
const padded = { pads: ints(1, 1, 1, 1) }
const norm = (output: string, input: string) => node('BatchNormalization', output, [input, 'gamma', 'beta', 'mean', 'variance'])

/** Nodes from `image` to `y`, and what onnxruntime must make of them beside QuantizeLinear and DequantizeLinear. */
const cases: readonly (readonly [string, readonly Node[], readonly string[]])[] = [
  ['a convolution', [conv('y', 'image', 'w')], ['QLinearConv']],
  ['a Relu', [first, node('Relu', 'y', ['c'])], ['QLinearConv']],
  ['a Clip', [first, node('Clip', 'y', ['c', 'zero', 'small'])], ['QLinearConv']],
  ['each channel by itself', [first, node('Relu', 'r', ['c']), conv('y', 'r', 'deep', { group: int(4) })], ['QLinearConv']],
  [
    'an Add',
    [first, conv('d', 'c', 'square', padded), node('Add', 'sum', ['c', 'd']), node('Relu', 'y', ['sum'])],
    ['QLinearAdd', 'QLinearConv'],
  ],
  [
    'a Concat',
    [first, conv('d', 'c', 'square', padded), node('Concat', 'y', ['c', 'd'], { axis: int(1) })],
    ['QLinearConcat', 'QLinearConv'],
  ],
  ['an average', [first, node('AveragePool', 'y', ['c'], pool(2))], ['QLinearAveragePool', 'QLinearConv']],
  ['a mean of the map', [first, node('GlobalAveragePool', 'y', ['c'])], ['QLinearConv', 'QLinearGlobalAveragePool']],
  ['a maximum', [first, node('MaxPool', 'm', ['c'], pool(2)), conv('y', 'm')], ['NhwcMaxPool', 'QLinearConv']],
  [
    'padding',
    [
      first,
      node('Pad', 'p', ['c', 'pads']),
      node('MaxPool', 'm', ['p'], { ...pool(3), auto_pad: { kind: 'string', value: 'VALID' } }),
      conv('y', 'm'),
    ],
    ['NhwcMaxPool', 'Pad', 'QLinearConv'],
  ],
  [
    'a Relu with a side entrance',
    [first, node('Relu', 'r', ['c']), conv('d', 'r', 'square', padded), node('Add', 'y', ['c', 'd'])],
    ['QLinearAdd', 'QLinearConv', 'QLinearLeakyRelu'],
  ],
  ['a norm behind a convolution', [first, norm('y', 'c')], ['QLinearConv']],
  [
    'a norm before one',
    [first, node('MaxPool', 'm', ['c'], pool(2)), norm('n', 'm'), node('Relu', 'r', ['n']), conv('y', 'r')],
    ['NhwcMaxPool', 'QLinearConv'],
  ],
  ['a dense layer', [first, node('Flatten', 'f', ['c']), node('Gemm', 'y', ['f', 'dense', 'five'])], ['Flatten', 'QGemm', 'QLinearConv']],
  [
    'a dense layer, outputs first',
    [first, node('Reshape', 'f', ['c', 'shape']), node('Gemm', 'g', ['f', 'turned'], { transB: int(1) }), node('Relu', 'y', ['g'])],
    ['QGemm', 'QLinearConv', 'Reshape'],
  ],
  [
    'a matrix product',
    [first, node('Flatten', 'f', ['c']), node('MatMul', 'y', ['f', 'dense'])],
    ['Flatten', 'QLinearConv', 'QLinearMatMul'],
  ],
  ['a float layer between', [first, node('Tanh', 's', ['c']), conv('d', 's'), node('Tanh', 'y', ['d'])], ['QLinearConv', 'Tanh']],
  [
    'a float layer beside',
    [first, node('Tanh', 's', ['c']), conv('d', 'c', 'square', padded), node('Mul', 'y', ['s', 'd'])],
    ['Mul', 'QLinearConv', 'Tanh'],
  ],
]

describe('quantizeGraph', () => {
  it.each(cases)('runs on integers: %s', async (_, nodes, kernels) => {
    const graph = graphOf(nodes, constants)
    const integer = await quantized(graph)
    const found = (await kernelsOf(integer)).filter((op) => !['Transpose', 'QuantizeLinear', 'DequantizeLinear'].includes(op))
    expect(found).toEqual([...kernels])
    const [expected, rounded] = [await runGraph(graph, data, dims), await runGraph(integer, data, dims)]
    expect(rounded.dims).toEqual(expected.dims)
    const worst = Math.max(...expected.data.map((exact, i) => Math.abs(exact - (rounded.data[i] ?? Number.NaN))))
    const largest = Math.max(...expected.data.map(Math.abs))
    expect(worst / largest).toBeGreaterThan(0)
    expect(worst / largest).toBeLessThan(0.03)
  })

  it.each([false, true])('errs no more than its scales imply (reduced range: %s)', async (reduceRange) => {
    const graph = graphOf([conv('y', 'image', 'w')], constants)
    const integer = await quantized(graph, reduceRange)
    const scale = (name: string) => [...(floatsOf(integer.initializers.get(name) ?? tensor([0], [])) ?? [])]
    const [[ofImage = 0], [ofOutput = 0], ofWeights] = [scale('image:scale'), scale('y:scale'), scale('y:kernel:scale')]
    const sizes = [0, 1, 2, 3].map((c) =>
      noiseFloats(108)
        .subarray(c * 27, c * 27 + 27)
        .reduce((sum, w) => sum + Math.abs(w), 0),
    )
    const [expected, rounded] = [await runGraph(graph, data, dims), await runGraph(integer, data, dims)]
    for (const [i, exact] of expected.data.entries()) {
      const c = Math.floor(i / 36) % 4
      const step = ofWeights[c] ?? 0
      // half a step of each input, a step of each weight, half a step of the output; images reach from −0.5 to 0.5
      const bound = ((sizes[c] ?? 0) * ofImage) / 2 + 27 * (0.5 + ofImage) * step + ofOutput / 2
      expect(Math.abs(exact - (rounded.data[i] ?? Number.NaN))).toBeLessThanOrEqual(bound)
    }
    const weights = [...new Int8Array(integer.initializers.get('y:kernel:values')?.bytes.slice().buffer ?? [])]
    expect(Math.max(...weights.map(Math.abs))).toBe(reduceRange ? 64 : 127)
    expect(new Set(ofWeights).size).toBe(4)
  })

  it('gives an image the same bytes in any batch, on any number of threads', async () => {
    const graph = graphOf(
      [
        first,
        node('Relu', 'r', ['c']),
        conv('d', 'r', 'square', padded),
        conv('e', 'r', 'deep', { ...padded, group: int(4) }),
        node('Add', 'sum', ['r', 'd']),
        node('Concat', 'all', ['sum', 'e', 'r'], { axis: int(1) }),
        node('AveragePool', 'y', ['all'], pool(2)),
      ],
      constants,
    )
    const integer = await quantized(graph)
    const whole = await runGraph(integer, data, dims)
    const length = whole.data.length / images
    for (const [batch, threads] of [
      [1, 1],
      [3, 1],
      [4, 2],
      [1, 3],
    ] as const) {
      for (let from = 0; from + batch <= images; from++) {
        const part = await runGraph(integer, data.slice(from * 192, (from + batch) * 192), [batch, 3, 8, 8], threads)
        expect(part.data).toEqual(whole.data.slice(from * length, (from + batch) * length))
      }
    }
  })

  it.each<[string, readonly Node[]]>([
    [
      'dense layers with a factor',
      [first, node('Flatten', 'f', ['c']), node('Gemm', 'y', ['f', 'dense', 'five'], { alpha: { kind: 'float', value: 0.5 } })],
    ],
    ['an activation that others want from before', [first, node('Clip', 'r', ['c', 'small', 'six']), conv('y', 'r')]],
    ['a constant added', [first, node('Add', 'y', ['c', 'small'])]],
    ['padding with ones', [first, node('Pad', 'p', ['c', 'pads', 'small']), conv('y', 'p')]],
  ])('leaves float what bytes cannot do: %s', async (_, nodes) => {
    const graph = graphOf(nodes, constants)
    const integer = await quantized(graph)
    expect(integer.nodes.map(({ op }) => op)).toEqual(expect.arrayContaining(nodes.map(({ op }) => op)))
    const [expected, rounded] = [await runGraph(graph, data, dims), await runGraph(integer, data, dims)]
    const worst = Math.max(...expected.data.map((exact, i) => Math.abs(exact - (rounded.data[i] ?? Number.NaN))))
    expect(worst / Math.max(...expected.data.map(Math.abs))).toBeLessThan(0.03)
  })

  it('keeps inputs, outputs and their shapes, and no float32 weights', async () => {
    const graph = graphOf([conv('y', 'image', 'w')], constants, { outputs: [value('y', ['n', 4, 6, 6])] })
    const integer = await quantized(graph)
    expect([integer.inputs, integer.outputs]).toEqual([graph.inputs, graph.outputs])
    expect([...integer.initializers].filter(([, { type, dims }]) => type === 'float32' && dims.length > 1)).toEqual([])
    expect(graph.nodes).toHaveLength(1)
  })

  it('needs a range for every tensor', () => {
    expect(() => quantizeGraph(graphOf([conv('y', 'image', 'w')], constants), new Map(), { reduceRange: false })).toThrow(
      'Expected a range for tensor image, found none',
    )
  })
})
