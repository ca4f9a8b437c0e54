import { describe, expect, it } from 'vitest'
import { tensorShapes } from '../../../src/engine/tensor-shapes.js'
import { int, ints, text } from '../../../src/graph/attributes.js'
import { floats } from '../../../src/graph/builder-weights.js'
import { channelRows } from '../../../src/graph/gradient/channel-rows.js'
import { type Graph, type Node, node } from '../../../src/graph/graph.js'
import { expectClose } from '../../helpers/expect-close.js'
import { expectGradients, gradientsOf } from '../../helpers/gradients.js'
import { graphOf, noise, noiseFloats, value } from '../../helpers/tiny-graph.js'

const dims = [2, 4, 7, 6]
const inputs = [value('image', ['n', 4, 7, 6])]
const data = { image: { data: noiseFloats(336, 4), dims } }

const layer = (attributes: Node['attributes'], weight: readonly number[] = [4, 1, 3, 3], biases: readonly string[] = ['b']): Graph =>
  graphOf(
    [node('Conv', 'deep', ['image', 'w', ...biases], { group: int(weight[0] ?? 1), ...attributes }), node('Tanh', 'y', ['deep'])],
    { w: noise(weight), ...(biases.length > 0 && { b: noise([weight[0] ?? 1], 2) }) },
    { inputs },
  )

/** A block as those of MobileNetV2, with what lies beside it: layers that take rows, and layers that take maps, from each other. */
const block = graphOf(
  [
    node('Conv', 'stem', ['image', 'stem.w'], { pads: ints([1, 1, 1, 1]) }),
    node('Conv', 'wide', ['stem', 'wide.w', 'wide.b'], { strides: ints([1, 1]) }),
    node('Clip', 'wide6', ['wide', 'low', 'high']),
    node('Conv', 'deep', ['wide6', 'deep.w', 'deep.b'], { group: int(6), pads: ints([1, 1, 1, 1]) }),
    node('LeakyRelu', 'leaky', ['deep']),
    node('Conv', 'narrow', ['leaky', 'narrow.w']),
    node('Add', 'sum', ['stem', 'narrow']),
    node('Sigmoid', 'gate', ['sum']),
    node('Mul', 'gated', ['sum', 'gate']),
    node('Conv', 'halved', ['gated', 'halved.w'], { strides: ints([2, 2]) }),
    node('GlobalAveragePool', 'mean', ['gated']),
    node('GlobalAveragePool', 'mean of half', ['halved']),
    node('Mul', 'y', ['mean', 'mean of half']),
  ],
  {
    ...{ 'stem.w': noise([4, 4, 3, 3]), 'wide.w': noise([6, 4, 1, 1], 2), 'wide.b': noise([6], 3), 'deep.w': noise([6, 1, 3, 3], 4) },
    ...{ 'deep.b': noise([6], 5), 'narrow.w': noise([4, 6, 1, 1], 6), 'halved.w': noise([4, 4, 1, 1], 7) },
    ...{ low: floats([], Float32Array.of(-0.3)), high: floats([], Float32Array.of(0.4)) },
  },
  { inputs },
)
const weights = ['stem.w', 'wide.w', 'wide.b', 'deep.w', 'deep.b', 'narrow.w', 'halved.w']

describe('channelRows', () => {
  it('gives the same output and gradients where layers of both kinds stand side by side', async () => {
    const shapes = await tensorShapes(block, dims)
    const kinds = channelRows(block, shapes).nodes.map(({ op }) => op)
    expect([kinds.filter((op) => op === 'Conv').length, kinds.filter((op) => op === 'Gemm').length]).toEqual([2, 2]) // 3 × 3 and strided stay
    const options = { graph: block, data, trained: weights }
    const [expected, found] = [await gradientsOf(options), await gradientsOf({ ...options, shapes })]
    expectClose(found.y.data, expected.y.data, { absolute: 1e-6 })
    for (const [name, gradient] of expected.of) expectClose(found.of.get(name) ?? [], gradient, { absolute: 1e-5 })
    await Promise.all([expected.release(), found.release()])
  })

  it('gives an output that the rows end in its own form', async () => {
    const graph = graphOf([node('Conv', 'y', ['image', 'w'])], { w: noise([5, 4, 1, 1]) }, { inputs })
    const shapes = await tensorShapes(graph, dims)
    const [expected, found] = [await gradientsOf({ graph, data }), await gradientsOf({ graph, data, shapes })]
    expect(found.y.dims).toEqual([2, 5, 7, 6])
    expectClose(found.y.data, expected.y.data, { absolute: 1e-6 })
    await Promise.all([expected.release(), found.release()])
  })

  it.each<[string, Graph]>([
    ['VALID', layer({ auto_pad: text('VALID') })],
    ['pads', layer({ pads: ints([1, 0, 2, 1]) })],
    ['SAME_UPPER', layer({ auto_pad: text('SAME_UPPER') }, [4, 1, 4, 5])],
    ['SAME_LOWER with strides', layer({ auto_pad: text('SAME_LOWER'), strides: ints([2, 2]) })],
    ['SAME_UPPER with strides', layer({ auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) })],
    ['strides and dilations', layer({ pads: ints([2, 2, 2, 2]), strides: ints([2, 1]), dilations: ints([2, 1]) })],
    ['no bias', layer({ pads: ints([1, 1, 1, 1]) }, [4, 1, 3, 3], [])],
  ])('gives the same output and gradients: %s', async (_, graph) => {
    const shapes = await tensorShapes(graph, [1, ...dims.slice(1)])
    expect(channelRows(graph, shapes).nodes.some(({ op }) => op === 'Conv')).toBe(false)
    const [expected, found] = [await gradientsOf({ graph, data }), await gradientsOf({ graph, data, shapes })]
    expect(found.y.dims).toEqual(expected.y.dims)
    expectClose(found.y.data, expected.y.data, { absolute: 1e-6 })
    for (const [name, gradient] of expected.of) expectClose(found.of.get(name) ?? [], gradient, { absolute: 1e-5 })
    await Promise.all([expected.release(), found.release()])
  })

  it('agrees with differences', async () => {
    const graph = layer({ auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) })
    await expectGradients({ graph, data, shapes: await tensorShapes(graph, dims), step: 0.02 })
  })

  it.each<[string, Graph]>([
    ['a convolution of all channels', graphOf([node('Conv', 'y', ['image', 'w'])], { w: noise([4, 4, 3, 3]) }, { inputs })],
    ['groups of two', graphOf([node('Conv', 'y', ['image', 'w'], { group: int(2) })], { w: noise([4, 2, 3, 3]) }, { inputs })],
    [
      'two outputs for each channel',
      graphOf([node('Conv', 'y', ['image', 'w'], { group: int(4) })], { w: noise([8, 1, 3, 3]) }, { inputs }),
    ],
  ])('leaves %s', async (_, graph) => {
    expect(channelRows(graph, await tensorShapes(graph, dims)).nodes).toEqual(graph.nodes)
  })

  it('leaves large maps, and maps of unknown size', () => {
    const graph = layer({})
    const large = new Map([
      ['image', [1, 4, 11, 10]],
      ['deep', [1, 4, 9, 8]],
    ])
    for (const shapes of [large, new Map()]) expect(channelRows(graph, shapes).nodes).toEqual(graph.nodes)
  })
})
