import { describe, it } from 'vitest'
import { node } from '../../../src/graph/graph.js'
import { expectGradients } from '../../helpers/gradients.js'
import { graphOf, noise, noiseFloats, tensor, value } from '../../helpers/tiny-graph.js'

const inputs = [value('x', ['n', 3, 2, 4])]
/** None nearer to 0 than 0.05, where PRelu has a corner. */
const data = { x: { data: noiseFloats(48, 8).map((number) => number + Math.sign(number) * 0.05), dims: [2, 3, 2, 4] } }

/** A tensor of numbers between 0.5 and 1.5. */
function positive(dims: readonly number[], seed: number) {
  const length = dims.reduce((all, side) => all * side, 1)
  return tensor(
    dims,
    [...noiseFloats(length, seed)].map((number) => number + 1),
  )
}

describe('gradients of arithmetic', () => {
  it.each(
    ['Add', 'Sub', 'Mul', 'Div', 'Sum', 'PRelu'].flatMap((op) =>
      [[], [4], [3, 1, 1], [1, 3, 2, 4], [1, 1, 1, 4], [2, 1]].map((dims) => [op, dims] as const),
    ),
  )('%s with a constant of %j', async (op, dims) => {
    await expectGradients({ graph: graphOf([node(op, 'y', ['x', 'c'])], { c: positive(dims, 5) }, { inputs }), data })
  })

  it.each(['Add', 'Sub', 'Mul', 'Div'])('%s of a constant and a tensor, that of a larger rank first', async (op) => {
    const graph = graphOf([node('Exp', 'e', ['x']), node(op, 'y', ['c', 'e'])], { c: noise([1, 2, 3, 2, 4]) }, { inputs })
    await expectGradients({ graph, data })
  })

  it.each(['Add', 'Mul', 'Div', 'Max', 'Min'])('%s of two tensors', async (op) => {
    const inputs = [value('x', ['n', 3, 2, 4]), value('z', ['n', 3, 1, 1])]
    const graph = graphOf([node(op, 'y', ['x', 'z'])], {}, { inputs })
    await expectGradients({
      graph,
      data: { ...data, z: { data: Float32Array.of(0.4, 2, -1, 0.7, -0.6, 0.81), dims: [2, 3, 1, 1] } },
      step: 1e-3,
    })
  })

  it('a tensor times itself', async () => {
    await expectGradients({ graph: graphOf([node('Mul', 'y', ['x', 'x'])], {}, { inputs }), data })
  })

  it('a tensor that takes several ways', async () => {
    const nodes = [node('Tanh', 'a', ['x']), node('Exp', 'b', ['a']), node('Mul', 'c', ['a', 'b']), node('Sub', 'y', ['c', 'x'])]
    await expectGradients({ graph: graphOf(nodes, {}, { inputs }), data })
  })
})
