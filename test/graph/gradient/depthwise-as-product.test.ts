import { describe, expect, it } from 'vitest'
import { tensorShapes } from '../../../src/engine/tensor-shapes.js'
import { int, ints, text } from '../../../src/graph/attributes.js'
import { depthwiseAsProduct } from '../../../src/graph/gradient/depthwise-as-product.js'
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

describe('depthwiseAsProduct', () => {
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
    expect(depthwiseAsProduct(graph, shapes).nodes.some(({ op }) => op === 'Conv')).toBe(false)
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
    expect(depthwiseAsProduct(graph, await tensorShapes(graph, dims)).nodes).toEqual(graph.nodes)
  })

  it('leaves large maps, and maps of unknown size', () => {
    const graph = layer({})
    const large = new Map([
      ['image', [1, 4, 11, 10]],
      ['deep', [1, 4, 9, 8]],
    ])
    for (const shapes of [large, new Map()]) expect(depthwiseAsProduct(graph, shapes).nodes).toEqual(graph.nodes)
  })
})
