import { describe, expect, it } from 'vitest'
import { foldPadding } from '../../src/graph/fold-padding.js'
import { type Node, node } from '../../src/graph/graph.js'
import { expectClose } from '../helpers/expect-close.js'
import { runGraph } from '../helpers/run-graph.js'
import { graphOf, integers, noise, noiseFloats, tensor } from '../helpers/tiny-graph.js'

const image = noiseFloats(2 * 192, 40)
const constants = {
  w: noise([4, 3, 3, 3]),
  pads: integers(0, 0, 1, 2, 0, 0, 0, 1),
  wide: integers(0, 0, 3, 3, 0, 0, 3, 3),
  channels: integers(0, 1, 1, 1, 0, 0, 1, 1),
  cropped: integers(0, 0, -1, 0, 0, 0, 0, 0),
  zero: tensor([], [0]),
  one: tensor([], [1]),
  six: tensor([], [6]),
  axes: integers(2, 3),
  four: integers(1, 1, 1, 1),
}
const pad = (input: string, pads = 'pads', ...others: readonly string[]) => node('Pad', 'p', [input, pads, ...others])
const ints = (...value: readonly number[]) => ({ kind: 'ints', value }) as const
const kernel = { kernel_shape: ints(3, 3) }
const auto = (value: string) => ({ auto_pad: { kind: 'string', value } }) as const
const pool = (attributes: Node['attributes'] = kernel) => node('MaxPool', 'y', ['p'], attributes)

describe('foldPadding', () => {
  it.each<[string, readonly Node[]]>([
    ['a convolution', [pad('image'), node('Conv', 'y', ['p', 'w'])]],
    ['a convolution that pads itself', [pad('image', 'pads', 'zero'), node('Conv', 'y', ['p', 'w'], { pads: ints(0, 1, 2, 0) })]],
    ['a convolution that says VALID', [pad('image'), node('Conv', 'y', ['p', 'w'], auto('VALID'))]],
    ['two convolutions', [pad('image'), node('Conv', 'a', ['p', 'w']), node('Conv', 'b', ['p', 'w']), node('Add', 'y', ['a', 'b'])]],
    ['a maximum pool behind a Relu', [node('Relu', 'r', ['image']), pad('r'), pool({ ...kernel, ...auto('VALID') })]],
    ['a maximum pool behind a Clip from 0 on', [node('Clip', 'r', ['image', 'zero', 'six']), pad('r'), pool()]],
  ])('merges zeros into %s', async (_, nodes) => {
    const graph = graphOf(nodes, constants)
    const folded = foldPadding(graph)
    expect(folded.nodes.map(({ op }) => op)).toEqual(nodes.map(({ op }) => op).filter((op) => op !== 'Pad'))
    const [expected, found] = [await runGraph(graph, image, [2, 3, 8, 8]), await runGraph(folded, image, [2, 3, 8, 8])]
    expect(found.dims).toEqual(expected.dims)
    expectClose(found.data, expected.data, { absolute: 1e-6 })
  })

  it.each<[string, readonly Node[]]>([
    ['of ones', [pad('image', 'pads', 'one'), node('Conv', 'y', ['p', 'w'])]],
    ['of edges', [{ ...pad('image'), attributes: { mode: { kind: 'string', value: 'edge' } } }, node('Conv', 'y', ['p', 'w'])]],
    ['of channels', [pad('image', 'channels'), node('Conv', 'y', ['p', 'wider'])]],
    ['that crops', [pad('image', 'cropped'), node('Conv', 'y', ['p', 'w'])]],
    ['of some axes', [pad('image', 'four', '', 'axes'), node('Conv', 'y', ['p', 'w'])]],
    ['before a convolution with a rule', [pad('image'), node('Conv', 'y', ['p', 'w'], auto('SAME_UPPER'))]],
    ['before an average', [pad('image'), node('AveragePool', 'y', ['p'], kernel)]],
    ['before a maximum of numbers below 0', [pad('image'), pool()]],
    ['before a maximum behind a Clip from −6 on', [node('Clip', 'r', ['image', 'low', 'zero']), pad('r'), pool()]],
    ['as wide as a window', [node('Relu', 'r', ['image']), pad('r', 'wide'), pool()]],
    ['before a pool that rounds up', [node('Relu', 'r', ['image']), pad('r'), pool({ ...kernel, ceil_mode: { kind: 'int', value: 1 } })]],
  ])('leaves padding %s', (_, nodes) => {
    expect(foldPadding(graphOf(nodes, { ...constants, wider: noise([4, 4, 3, 3]), low: tensor([], [-6]) })).nodes).toEqual(nodes)
  })
})
