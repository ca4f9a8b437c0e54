import { describe, it } from 'vitest'
import { int, ints } from '../../../src/graph/attributes.js'
import { type Node, node } from '../../../src/graph/graph.js'
import { expectGradients } from '../../helpers/gradients.js'
import { graphOf, integers, noise, noiseFloats, value } from '../../helpers/tiny-graph.js'

const inputs = [value('x', ['n', 3, 4, 5])]
const data = { x: { data: noiseFloats(120, 6), dims: [2, 3, 4, 5] } }

const constants = {
  c: noise([2, 3, 4, 2]),
  shape: integers(-1, 5, 12),
  axes: integers(2),
  pads: integers(0, 0, 1, 2, 0, 1, 0, -1),
  two: integers(1, 2),
  ends: integers(3, 5),
  starts: integers(0, -1),
  lows: integers(4, -9),
  places: integers(2, 0, 2),
  steps: integers(1, -2),
  both: integers(2, 3),
}

describe('gradients of shapes', () => {
  it.each<[string, readonly Node[]]>([
    ['Reshape', [node('Reshape', 'y', ['x', 'shape'])]],
    ['Flatten', [node('Flatten', 'y', ['x'])]],
    ['Transpose', [node('Transpose', 'y', ['x'], { perm: ints([0, 2, 3, 1]) })]],
    ['Transpose of all axes', [node('Transpose', 'y', ['x'])]],
    ['Unsqueeze and Squeeze', [node('Unsqueeze', 'wide', ['x', 'axes']), node('Squeeze', 'y', ['wide', 'axes'])]],
    ['Concat', [node('Concat', 'y', ['x', 'c', 'x'], { axis: int(3) })]],
    ['Concat along the last axis', [node('Concat', 'y', ['c', 'x'], { axis: int(-1) })]],
    ['Pad that adds and cuts', [node('Pad', 'y', ['x', 'pads'])]],
    ['Slice', [node('Slice', 'y', ['x', 'two', 'ends', 'both'])]],
    ['Slice backwards with steps', [node('Slice', 'y', ['x', 'starts', 'lows', 'both', 'steps'])]],
    ['Gather, a place twice', [node('Gather', 'y', ['x', 'places'], { axis: int(1) })]],
    ['ReduceMean', [node('ReduceMean', 'y', ['x'], { axes: ints([2, 3]) })]],
    ['ReduceMean without the axes', [node('ReduceMean', 'y', ['x'], { axes: ints([1, -1]), keepdims: int(0) })]],
    ['ReduceMean of everything', [node('ReduceMean', 'y', ['x'], { keepdims: int(0) })]],
    ['ReduceSum', [node('ReduceSum', 'y', ['x', 'both'], { keepdims: int(0) })]],
    [
      'a shape computed from the tensor',
      [node('Shape', 's', ['x']), node('Flatten', 'f', ['x']), node('Exp', 'e', ['f']), node('Reshape', 'y', ['e', 's'])],
    ],
  ])('%s', async (_, nodes) => {
    const used = new Set(nodes.flatMap((of) => of.inputs))
    const own = Object.fromEntries(Object.entries(constants).filter(([name]) => used.has(name)))
    await expectGradients({ graph: graphOf(nodes, own, { inputs }), data, step: 0.05 })
  })

  it('Pad of some axes', async () => {
    const nodes = [node('Pad', 'y', ['x', 'pads', '', 'axes'])]
    const own = { pads: integers(1, 0, -1, 2), axes: integers(-1, 1) }
    await expectGradients({ graph: graphOf(nodes, own, { inputs, opsets: new Map([['', 18]]) }), data, step: 0.05 })
  })
})
