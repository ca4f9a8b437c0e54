import { describe, it } from 'vitest'
import { float, int } from '../../../src/graph/attributes.js'
import { type Node, node } from '../../../src/graph/graph.js'
import { expectGradients } from '../../helpers/gradients.js'
import { graphOf, noise, noiseFloats, value } from '../../helpers/tiny-graph.js'

const feed = (...dims: readonly number[]) => ({
  data: noiseFloats(
    dims.reduce((all, side) => all * side, 1),
    4,
  ),
  dims,
})

describe('gradients of products', () => {
  it.each(
    [0, 1].flatMap((transA) =>
      [0, 1].flatMap((transB) => [[5], [1], [3, 5], [3, 1], [1, 5]].map((bias) => [transA, transB, bias] as const)),
    ),
  )('Gemm, transA %i, transB %i, an offset of %j', async (transA, transB, bias) => {
    const attributes: Node['attributes'] = { transA: int(transA), transB: int(transB), alpha: float(0.7), beta: float(-1.3) }
    const graph = graphOf(
      [node('Gemm', 'y', ['x', 'w', 'b'], attributes)],
      { w: noise(transB ? [5, 4] : [4, 5]), b: noise(bias, 2) },
      { inputs: [value('x', [null, null])] },
    )
    await expectGradients({ graph, data: { x: transA ? feed(4, 3) : feed(3, 4) }, step: 0.1 })
  })

  it('Gemm without an offset', async () => {
    const graph = graphOf([node('Gemm', 'y', ['x', 'w'])], { w: noise([4, 5]) }, { inputs: [value('x', ['n', 4])] })
    await expectGradients({ graph, data: { x: feed(3, 4) }, step: 0.1 })
  })

  it.each<[string, readonly number[], readonly number[]]>([
    ['a matrix', [3, 4], [4, 5]],
    ['rows of a stack', [2, 3, 4], [4, 5]],
    ['a stack of constants', [3, 4], [2, 4, 5]],
    ['stacks', [2, 3, 4], [2, 4, 5]],
    ['stretched stacks', [2, 1, 3, 4], [3, 4, 5]],
  ])('MatMul: %s', async (_, x, w) => {
    const graph = graphOf(
      [node('MatMul', 'y', ['x', 'w'])],
      { w: noise(w) },
      {
        inputs: [
          value(
            'x',
            x.map(() => null),
          ),
        ],
      },
    )
    await expectGradients({ graph, data: { x: feed(...x) }, step: 0.1 })
  })

  it('MatMul of two computed matrices', async () => {
    const inputs = [value('x', ['n', 3, 4]), value('z', ['n', 4, 2])]
    const graph = graphOf([node('MatMul', 'y', ['x', 'z'])], {}, { inputs })
    await expectGradients({ graph, data: { x: feed(2, 3, 4), z: feed(2, 4, 2) }, step: 0.1 })
  })
})
