import { describe, expect, it } from 'vitest'
import { findCut } from '../../src/finetune/find-cut.js'
import { layerNames } from '../../src/graph/cut.js'
import { node } from '../../src/graph/graph.js'
import { userErrorOf } from '../helpers/thrown.js'
import { graphOf, noise, value } from '../helpers/tiny-graph.js'
import { branched, threeConvolutions } from '../helpers/tunable.js'

describe('findCut', () => {
  it.each([
    [{}, 'Expected either --last N or --from LAYER, which say what is trained, got neither. Try --last 4.'],
    [{ last: 1, from: 'c' }, 'Expected either --last N or --from LAYER, which say what is trained, got both. Try --last 4.'],
    [{ last: 0 }, 'Expected --last to be a whole number from 1 to 5, the layers of the model, got 0.'],
    [{ last: 6 }, 'Expected --last to be a whole number from 1 to 5, the layers of the model, got 6.'],
    [{ from: 'e' }, 'Expected --from to be input or one of the 5 layers of the model, got "e". The last ones are: a, b, c, sum, d.'],
    [
      { last: 3 },
      'Expected --last 3 to begin where the network comes together, found layer "c" inside a branch. Try --from b (--last 4) or --from d (--last 1).',
    ],
    [
      { from: 'sum' },
      'Expected --from sum to begin where the network comes together, found layer "sum" inside a branch. Try --from b (--last 4) or --from d (--last 1).',
    ],
  ])('refuses %j', async (options, message) => {
    const graph = branched()
    expect((await userErrorOf(() => findCut(graph, layerNames(graph), options))).message).toBe(message)
  })

  it.each([
    [{ last: 1 }, { tensor: 'sum', layer: 'sum', layers: ['d'] }],
    [{ last: 4 }, { tensor: 'a', layer: 'a', layers: ['b', 'c', 'sum', 'd'] }],
    [{ from: 'b' }, { tensor: 'a', layer: 'a', layers: ['b', 'c', 'sum', 'd'] }],
  ])('cuts a network with a branch at %j', (options, cut) => {
    const graph = branched()
    expect(findCut(graph, layerNames(graph), options)).toEqual(cut)
  })

  it.each([{ from: 'input' }, { from: 'a' }, { last: 5 }])('cuts at the images for %j', (options) => {
    const graph = branched()
    expect(findCut(graph, layerNames(graph), options)).toEqual({ tensor: 'image', layer: 'input', layers: ['a', 'b', 'c', 'sum', 'd'] })
  })

  it('takes a layer that is called input for what it is, and the images by their own name', () => {
    const graph = branched()
    const nodes = graph.nodes.map((each) => (each.name === 'b' ? { ...each, name: 'input' } : each))
    const named = { ...graph, nodes }
    expect(findCut(named, layerNames(named), { from: 'input' })).toEqual({ tensor: 'a', layer: 'a', layers: ['input', 'c', 'sum', 'd'] })
    expect(findCut(named, layerNames(named), { last: 5 })).toMatchObject({ tensor: 'image', layer: 'image' })
  })

  it('names the images where a branch begins at them', async () => {
    const nodes = [node('Conv', 'b', ['image', 'b/weight']), node('Relu', 'c', ['b']), node('Add', 'sum', ['image', 'c'])]
    const graph = graphOf(nodes, { 'b/weight': noise([3, 3, 1, 1]) }, { outputs: [value('sum')] })
    expect((await userErrorOf(() => findCut(graph, layerNames(graph), { last: 2 }))).message).toBe(
      'Expected --last 2 to begin where the network comes together, found layer "c" inside a branch. Try --from b (--last 3).',
    )
  })

  it('counts the layers that it is told of, each of which may be several nodes', () => {
    expect(findCut(threeConvolutions(), ['y', 'middle', 'top'], { last: 2 })).toEqual({
      tensor: 'y',
      layer: 'y',
      layers: ['middle', 'top'],
    })
  })
})
