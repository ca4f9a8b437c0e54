import { describe, it } from 'vitest'
import { int, ints, text } from '../../../src/graph/attributes.js'
import { type Attribute, node } from '../../../src/graph/graph.js'
import { expectGradients } from '../../helpers/gradients.js'
import { graphOf, noise, noiseFloats } from '../../helpers/tiny-graph.js'

const image = (channels: number, height: number, width: number) => ({
  data: noiseFloats(2 * channels * height * width, 7),
  dims: [2, channels, height, width],
})

interface Case {
  readonly weight: readonly number[]
  readonly channels: number
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly sides?: readonly [number, number]
}

const cases: readonly (readonly [string, Case])[] = [
  ['1 × 1', { weight: [5, 3, 1, 1], channels: 3 }],
  ['1 × 1 with strides', { weight: [5, 3, 1, 1], channels: 3, attributes: { strides: ints([2, 2]) } }],
  ['3 × 3', { weight: [5, 3, 3, 3], channels: 3, attributes: { pads: ints([1, 1, 1, 1]) } }],
  [
    '3 × 2 with a stride that leaves rows over',
    { weight: [4, 3, 3, 2], channels: 3, attributes: { strides: ints([3, 2]) }, sides: [8, 9] },
  ],
  ['asymmetric pads', { weight: [4, 3, 3, 3], channels: 3, attributes: { pads: ints([0, 2, 1, 0]) } }],
  [
    'asymmetric pads with strides',
    { weight: [4, 3, 3, 3], channels: 3, attributes: { pads: ints([0, 1, 2, 1]), strides: ints([2, 2]) }, sides: [7, 8] },
  ],
  ['pads wider than the kernel', { weight: [4, 3, 2, 2], channels: 3, attributes: { pads: ints([2, 3, 2, 2]) }, sides: [4, 5] }],
  ['SAME_UPPER', { weight: [4, 3, 2, 4], channels: 3, attributes: { auto_pad: text('SAME_UPPER') }, sides: [5, 6] }],
  ['SAME_LOWER', { weight: [4, 3, 2, 4], channels: 3, attributes: { auto_pad: text('SAME_LOWER') }, sides: [5, 6] }],
  [
    'SAME_UPPER with strides, even',
    { weight: [4, 3, 3, 3], channels: 3, attributes: { auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) }, sides: [8, 7] },
  ],
  [
    'SAME_LOWER with strides',
    { weight: [4, 3, 3, 5], channels: 3, attributes: { auto_pad: text('SAME_LOWER'), strides: ints([2, 3]) }, sides: [8, 7] },
  ],
  [
    'SAME_UPPER with strides wider than the kernel',
    { weight: [4, 3, 1, 1], channels: 3, attributes: { auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) }, sides: [8, 7] },
  ],
  ['VALID', { weight: [4, 3, 3, 3], channels: 3, attributes: { auto_pad: text('VALID') }, sides: [5, 5] }],
  ['dilations', { weight: [4, 3, 3, 2], channels: 3, attributes: { dilations: ints([2, 3]), pads: ints([2, 1, 1, 2]) } }],
  [
    'dilations with strides',
    {
      weight: [4, 3, 3, 3],
      channels: 3,
      attributes: { dilations: ints([2, 2]), strides: ints([2, 3]), pads: ints([2, 1, 2, 2]) },
      sides: [8, 9],
    },
  ],
  ['groups', { weight: [6, 2, 3, 3], channels: 4, attributes: { group: int(2), pads: ints([1, 1, 1, 1]) } }],
  [
    'groups with strides',
    { weight: [6, 2, 3, 3], channels: 6, attributes: { group: int(3), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) } },
  ],
  ['depthwise', { weight: [4, 1, 5, 5], channels: 4, attributes: { group: int(4), auto_pad: text('SAME_UPPER') } }],
  [
    'depthwise with strides',
    { weight: [4, 1, 3, 3], channels: 4, attributes: { group: int(4), auto_pad: text('SAME_UPPER'), strides: ints([2, 2]) } },
  ],
  ['depthwise with a multiplier', { weight: [8, 1, 3, 3], channels: 4, attributes: { group: int(4) } }],
]

/** Kernels of many inputs have a way of their own. */
const wide = cases.flatMap(
  ([
    name,
    {
      weight: [out = 1, , ...sides],
      ...rest
    },
  ]) => (rest.channels === 3 ? [[`${name}, 17 channels`, { ...rest, channels: 17, weight: [out, 17, ...sides] }] as const] : []),
)

describe('gradients of Conv', () => {
  it.each([...cases, ...wide])('%s', async (_, { weight, channels, attributes = {}, sides: [height, width] = [6, 7] }) => {
    const graph = graphOf(
      [node('Conv', 'y', ['image', 'w', 'b'], attributes)],
      { w: noise(weight), b: noise([weight[0] ?? 1], 2) },
      { inputs: [{ name: 'image', type: 'float32', dims: ['n', channels, 'h', 'w'] }] },
    )
    await expectGradients({ graph, data: { image: image(channels, height, width) }, step: 0.1 })
  })
})
