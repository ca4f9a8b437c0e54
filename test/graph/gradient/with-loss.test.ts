import { describe, expect, it } from 'vitest'
import { type LossOptions, withLoss } from '../../../src/graph/gradient/with-loss.js'
import { node } from '../../../src/graph/graph.js'
import { expectClose } from '../../helpers/expect-close.js'
import { expectGradients, gradientsOf } from '../../helpers/gradients.js'
import { graphOf, noise, noiseFloats, value } from '../../helpers/tiny-graph.js'

const logits = { data: Float32Array.of(1, -2, 0.5, 0, 3, -1), dims: [2, 3] }
const targets = { data: Float32Array.of(0, 1, 0, 0.9, 0, 0.1), dims: [2, 3] }

/** The losses of logits that go through one node. */
const lossOf = (kind: LossOptions['kind']) =>
  withLoss(graphOf([node('Identity', 'y', ['x'])], {}, { inputs: [value('x', ['n', 3])], outputs: [value('y', ['n', 3])] }), { kind })

/** log Σ exp(x). */
const logSum = (row: readonly number[]) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0))

describe('withLoss', () => {
  it('softmax: −Σ t · log softmax(x), gradient softmax(x) − t', async () => {
    const gradients = await gradientsOf({ graph: lossOf('softmax'), data: { x: logits, targets }, by: ['x'] })
    const sums = [logSum([1, -2, 0.5]), logSum([0, 3, -1])]
    expectClose(gradients.y.data, [2 + (sums[0] ?? 0), 0.1 + (sums[1] ?? 0)], { relative: 1e-6 })
    const expected = [...logits.data].map((x, at) => {
      const row = Math.floor(at / 3)
      return (gradients.upstream[row] ?? 0) * (Math.exp(x - (sums[row] ?? 0)) - (targets.data[at] ?? 0))
    })
    expectClose(gradients.of.get('x') ?? [], expected, { absolute: 1e-6 })
    await gradients.release()
  })

  it('sigmoid: the mean of the classes, gradient (sigmoid(x) − t) / classes', async () => {
    const gradients = await gradientsOf({ graph: lossOf('sigmoid'), data: { x: logits, targets }, by: ['x'] })
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
    const terms = [...logits.data].map(
      (x, at) => -(targets.data[at] ?? 0) * Math.log(sigmoid(x)) - (1 - (targets.data[at] ?? 0)) * Math.log(sigmoid(-x)),
    )
    const mean = (row: number) => terms.slice(3 * row, 3 * row + 3).reduce((sum, term) => sum + term / 3, 0)
    expectClose(gradients.y.data, [mean(0), mean(1)], { relative: 1e-6 })
    const expected = [...logits.data].map(
      (x, at) => ((gradients.upstream[Math.floor(at / 3)] ?? 0) * (sigmoid(x) - (targets.data[at] ?? 0))) / 3,
    )
    expectClose(gradients.of.get('x') ?? [], expected, { absolute: 1e-6 })
    await gradients.release()
  })

  it.each<[LossOptions['kind']]>([['softmax'], ['sigmoid']])('does not overflow: %s', async (kind) => {
    const data = { x: { data: Float32Array.of(1e4, -1e4, 0), dims: [1, 3] }, targets: { data: Float32Array.of(1, 0, 0), dims: [1, 3] } }
    const gradients = await gradientsOf({ graph: lossOf(kind), data, by: ['x'] })
    expect([...(gradients.of.get('x') ?? []), ...gradients.y.data].every(Number.isFinite)).toBe(true)
    await gradients.release()
  })

  it.each<[LossOptions['kind']]>([['softmax'], ['sigmoid']])('behind a head, by differences: %s', async (kind) => {
    const head = graphOf([node('Gemm', 'y', ['x', 'w', 'b'])], { w: noise([4, 3]), b: noise([3], 2) }, { inputs: [value('x', ['n', 4])] })
    await expectGradients({ graph: withLoss(head, { kind }), data: { x: { data: noiseFloats(8), dims: [2, 4] }, targets } })
  })
})
