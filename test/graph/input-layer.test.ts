import { describe, expect, it } from 'vitest'
import { cutAt, resolveLayer } from '../../src/graph/cut.js'
import { inputGraph, inputName, isInputGraph, meansInput } from '../../src/graph/input-layer.js'
import { runGraph } from '../helpers/run-graph.js'
import { convolution, noiseFloats } from '../helpers/tiny-graph.js'

/** The same network, one of its layers under another name. */
function renamed(name: string) {
  const { nodes, ...graph } = convolution()
  return { ...graph, nodes: nodes.map((node) => (node.name === 'conv' ? { ...node, name } : node)) }
}

describe('the images among the layers of a network', () => {
  it.each([
    ['input', true],
    ['image', true],
    ['conv', false],
    ['weight', false],
    ['inputs', false],
    ['', false],
  ])('meansInput(%j) is %j', (layer, expected) => {
    expect(meansInput(convolution(), layer)).toBe(expected)
  })

  it('go by one name, which no layer bears', () => {
    expect(['input', 'image'].map((layer) => resolveLayer(convolution(), layer))).toEqual(['input', 'input'])
    expect(inputName(renamed('input'))).toBe('image')
    expect(['input', 'image'].map((layer) => resolveLayer(renamed('input'), layer))).toEqual(['input', 'image'])
    expect(isInputGraph(cutAt(renamed('input'), 'input'))).toBe(false)
  })

  it('come as they are from the graph that is cut there', async () => {
    const pixels = noiseFloats(2 * 3 * 64)
    const graph = cutAt(convolution(), 'input')
    expect([isInputGraph(graph), isInputGraph(convolution())]).toEqual([true, false])
    expect(graph).toEqual(inputGraph(convolution()))
    const { data, dims } = await runGraph(graph, pixels, [2, 3, 8, 8])
    expect(dims).toEqual([2, 3, 8, 8])
    expect([...data]).toEqual([...pixels])
  })
})
