import { describe, expect, it } from 'vitest'
import { findCut } from '../../src/finetune/find-cut.js'
import { layerNames } from '../../src/graph/cut.js'
import { type Graph, node } from '../../src/graph/graph.js'
import { userErrorOf } from '../helpers/thrown.js'
import { graphOf, noise, value } from '../helpers/tiny-graph.js'
import { threeConvolutions } from '../helpers/tunable.js'

/** a, then a branch of b and c around which a goes, then d. */
function branched(): Graph {
  const nodes = [
    node('Conv', 'a', ['image', 'a/weight']),
    node('Conv', 'b', ['a', 'b/weight']),
    node('Relu', 'c', ['b']),
    node('Add', 'sum', ['a', 'c']),
    node('Conv', 'd', ['sum', 'b/weight']),
  ]
  const constants = { 'a/weight': noise([4, 3, 1, 1]), 'b/weight': noise([4, 4, 1, 1]) }
  return graphOf(nodes, constants, { outputs: [value('d')] })
}

describe('findCut', () => {
  it.each([
    [{}, 'Expected either --last N or --from LAYER, which say what is trained, got neither. Try --last 4.'],
    [{ last: 1, from: 'c' }, 'Expected either --last N or --from LAYER, which say what is trained, got both. Try --last 4.'],
    [{ last: 0 }, 'Expected --last to be a whole number from 1 to 4, the layers behind the first one, got 0.'],
    [{ last: 6 }, 'Expected --last to be a whole number from 1 to 4, the layers behind the first one, got 6.'],
    [{ last: 5 }, 'Expected --from to be a layer behind the first one, got "a". Training from the images on is not there yet.'],
    [{ from: 'input' }, 'Expected --from to be a layer behind the first one, got "input". Training from the images on is not there yet.'],
    [{ from: 'e' }, 'Expected --from to be one of the 5 layers of the model, got "e". The last ones are: a, b, c, sum, d.'],
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

  it('counts the layers that it is told of, each of which may be several nodes', () => {
    expect(findCut(threeConvolutions(), ['y', 'middle', 'top'], { last: 2 })).toEqual({
      tensor: 'y',
      layer: 'y',
      layers: ['middle', 'top'],
    })
  })
})
