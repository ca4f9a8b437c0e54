import { describe, expect, it } from 'vitest'
import { seededRandom, shuffle } from '../../../src/base/random.js'
import { int, ints, text } from '../../../src/graph/attributes.js'
import { type Attribute, node } from '../../../src/graph/graph.js'
import { expectGradients, gradientsOf } from '../../helpers/gradients.js'
import { graphOf, value } from '../../helpers/tiny-graph.js'

const [channels, height, width] = [3, 7, 8]
const inputs = [value('x', ['n', channels, 'h', 'w'])]

/** Numbers of both signs, no two nearer than 0.05. */
const x = {
  data: Float32Array.from(
    shuffle(
      Array.from({ length: 2 * channels * height * width }, (_, at) => at),
      seededRandom(1),
    ),
    (at) => (at - 160) / 20,
  ),
  dims: [2, channels, height, width],
}

type Attributes = Readonly<Record<string, Attribute>>

const windows: readonly (readonly [string, Attributes])[] = [
  ['2 × 2', { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }],
  ['3 × 3 that overlap', { kernel_shape: ints([3, 3]), strides: ints([2, 2]), auto_pad: text('VALID') }],
  ['3 × 2 with pads', { kernel_shape: ints([3, 2]), strides: ints([1, 2]), pads: ints([1, 0, 1, 1]) }],
  ['3 × 3 SAME_UPPER', { kernel_shape: ints([3, 3]), auto_pad: text('SAME_UPPER') }],
  ['3 × 3 SAME_UPPER with strides', { kernel_shape: ints([3, 3]), strides: ints([2, 2]), auto_pad: text('SAME_UPPER') }],
  ['2 × 3 SAME_LOWER with strides', { kernel_shape: ints([2, 3]), strides: ints([2, 2]), auto_pad: text('SAME_LOWER') }],
  ['strides that leave rows over', { kernel_shape: ints([2, 2]), strides: ints([3, 3]) }],
]

describe('gradients of pools', () => {
  it.each([
    ...windows,
    ['ceil_mode', { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) }],
    ['dilations', { kernel_shape: ints([2, 2]), dilations: ints([2, 3]) }],
  ] as const)('MaxPool %s', async (_, attributes) => {
    await expectGradients({ graph: graphOf([node('MaxPool', 'y', ['x'], attributes)], {}, { inputs }), data: { x } })
  })

  it.each(
    windows.flatMap(([name, attributes]) => [0, 1].map((whole) => [name, whole, attributes] as const)),
  )('AveragePool %s, count_include_pad %i', async (_, whole, attributes) => {
    const average = node('AveragePool', 'y', ['x'], { ...attributes, count_include_pad: int(whole) })
    await expectGradients({ graph: graphOf([average], {}, { inputs }), data: { x }, step: 0.5 })
  })

  it.each(['GlobalAveragePool', 'GlobalMaxPool'])('%s', async (op) => {
    await expectGradients({ graph: graphOf([node(op, 'y', ['x'])], {}, { inputs }), data: { x } })
  })

  it.each<[string, string, Attributes]>([
    ['MaxPool', '2 × 2', { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }],
    ['GlobalMaxPool', 'the map', {}],
  ])('%s of equal numbers gives everything to the first', async (op, _, attributes) => {
    const graph = graphOf([node(op, 'y', ['x'], attributes)], {}, { inputs: [value('x', ['n', 1, 2, 2])] })
    const gradients = await gradientsOf({ graph, data: { x: { data: new Float32Array(8).fill(1), dims: [2, 1, 2, 2] } } })
    const [first, second] = gradients.upstream
    expect(gradients.of.get('x')).toEqual(Float32Array.of(first ?? 0, 0, 0, 0, second ?? 0, 0, 0, 0))
    await gradients.release()
  })
})
