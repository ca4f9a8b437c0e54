import { describe, expect, it } from 'vitest'
import { createSession } from '../../src/engine/onnx-session.js'
import { type Node, node } from '../../src/graph/graph.js'
import { type Layout, layoutOf, withChannelsLast } from '../../src/graph/layout.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { convolution, graphOf, integers, noise, noiseFloats } from '../helpers/tiny-graph.js'

const transpose = (name: string, input: string, ...perm: readonly number[]): Node =>
  node('Transpose', name, [input], { perm: { kind: 'ints', value: perm } })

describe('layoutOf', () => {
  it.each<[string, readonly Node[], Layout, Layout]>([
    ['the input itself, first', [node('Relu', 'y', ['image'])], 'nchw', 'nchw'],
    ['the input itself, last', [node('Relu', 'y', ['image'])], 'nhwc', 'nhwc'],
    ['a convolution', [node('Conv', 'c', ['image', 'w']), node('Relu', 'y', ['c'])], 'nhwc', 'nchw'],
    ['a transpose to channels last', [node('Conv', 'c', ['image', 'w']), transpose('y', 'c', 0, 2, 3, 1)], 'nchw', 'nhwc'],
    ['a transpose to channels first', [transpose('t', 'image', 0, 3, 1, 2), node('Clip', 'y', ['t', 'low'])], 'nhwc', 'nchw'],
    ['another transpose', [transpose('y', 'image', 0, 1, 3, 2)], 'nhwc', 'nhwc'],
    ['a constant before the image', [node('Conv', 'c', ['image', 'w']), node('Mul', 'y', ['w', 'c'])], 'nhwc', 'nchw'],
    [
      'a computed constant before the image',
      [node('Conv', 'c', ['image', 'w']), node('Constant', 'k', []), node('Cast', 'k32', ['k']), node('Add', 'y', ['k32', 'c'])],
      'nhwc',
      'nchw',
    ],
    ['an input left out', [node('Conv', 'c', ['image', 'w']), node('Resize', 'y', ['c', '', 'scales'])], 'nhwc', 'nchw'],
  ])('%s', (_, nodes, input, expected) => {
    const graph = graphOf(nodes, { w: noise([4, 3, 3, 3]), low: noise([]), scales: integers(1) })
    expect(layoutOf(graph, 'y', input)).toBe(expected)
  })
})

describe('withChannelsLast', () => {
  it('gives the output transposed', async () => {
    const image = noiseFloats(2 * 192, 3)
    const [plain, last] = await Promise.all(
      [convolution(), withChannelsLast(convolution())].map((graph) => createSession(writeOnnx(graph), 1)),
    )
    const [first, second] = [await plain?.run(image, [2, 3, 8, 8]), await last?.run(image, [2, 3, 8, 8])]
    expect(first?.dims).toEqual([2, 4, 6, 6])
    expect(second?.dims).toEqual([2, 6, 6, 4])
    // [n, c, h, w] → [n, h, w, c]
    const expected = Array.from({ length: 2 * 36 * 4 }, (_, at) => {
      const [n, position, c] = [Math.floor(at / 144), Math.floor((at % 144) / 4), at % 4]
      return first?.data[n * 144 + c * 36 + position]
    })
    expect([...(second?.data ?? [])]).toEqual(expected)
    await plain?.release()
    await last?.release()
  })
})
