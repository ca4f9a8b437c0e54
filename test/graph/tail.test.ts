import { describe, expect, it } from 'vitest'
import { cutAt } from '../../src/graph/cut.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { tailFrom } from '../../src/graph/tail.js'
import { expectClose } from '../helpers/expect-close.js'
import { runGraph } from '../helpers/run-graph.js'
import { convolution, graphOf, noise, noiseFloats, value } from '../helpers/tiny-graph.js'

/** image → a → b, and y = a + b. */
const branched: Graph = graphOf(
  [node('Conv', 'a', ['image', 'w']), node('Relu', 'b', ['a']), node('Add', 'both', ['a', 'b']), node('Exp', 'y', ['both'])],
  { w: noise([4, 3, 3, 3]) },
)

const message = (tensor: string, found: string) =>
  `Expected everything behind "${tensor}" to depend on the images through it alone, found ${found}. Choose a layer where the network comes together, such as the end of a block.`

describe('tailFrom', () => {
  it.each([
    ['a branch', 'b', message('b', 'another way around it')],
    ['a tensor that is not there', 'c', message('c', 'another way around it')],
    ['the output', 'y', message('y', 'nothing behind it')],
  ])('refuses %s', (_, from, says) => {
    expect(() => tailFrom(branched, from)).toThrow(says)
  })

  it.each([
    ['a chain', convolution(), 'conv'],
    ['where branches start', branched, 'a'],
    ['where they meet', branched, 'both'],
    ['the image', branched, 'image'],
  ])('gives with the part before it what the whole gives: %s', async (_, graph, from) => {
    const image = noiseFloats(2 * 192, 5)
    const whole = await runGraph(graph, image, [2, 3, 8, 8])
    const before = from === 'image' ? { data: image, dims: [2, 3, 8, 8] } : await runGraph(cutAt(graph, from), image, [2, 3, 8, 8])
    const tail = tailFrom(graph, from, ['n', ...before.dims.slice(1)])
    expect(tail.inputs).toEqual([value(from, ['n', ...before.dims.slice(1)])])
    const behind = await runGraph(tail, Float32Array.from(before.data), before.dims)
    expect(behind.dims).toEqual(whole.dims)
    expectClose(behind.data, whole.data, { relative: 1e-6, absolute: 1e-6 })
  })

  it('leaves constants behind that only the part before it takes', () => {
    expect([...tailFrom(convolution(), 'conv').initializers.keys()]).toEqual([])
  })
})
