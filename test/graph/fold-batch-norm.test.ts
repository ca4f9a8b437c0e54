import { describe, expect, it } from 'vitest'
import { foldBatchNorm } from '../../src/graph/fold-batch-norm.js'
import { type Node, node, type Tensor } from '../../src/graph/graph.js'
import { expectClose } from '../helpers/expect-close.js'
import { runGraph } from '../helpers/run-graph.js'
import { graphOf, noise, noiseFloats, tensor, value } from '../helpers/tiny-graph.js'

const image = noiseFloats(2 * 192, 40)

/** Statistics of a norm over so many channels, variances above 0. */
const statistics = (channels: number): Record<string, Tensor> => ({
  gamma: noise([channels], 11),
  beta: noise([channels], 12),
  mean: noise([channels], 13),
  variance: tensor(
    [channels],
    [...noiseFloats(channels, 14)].map((v) => v + 0.6),
  ),
})
const norm = (output: string, input: string, attributes: Node['attributes'] = {}) =>
  node('BatchNormalization', output, [input, 'gamma', 'beta', 'mean', 'variance'], attributes)
const epsilon = { epsilon: { kind: 'float', value: 0.01 } } as const

describe('foldBatchNorm', () => {
  it.each([
    ['with a bias', [node('Conv', 'c', ['image', 'w', 'b']), norm('bn', 'c', epsilon), node('Relu', 'y', ['bn'])], ['c', 'y']],
    ['without a bias, the usual epsilon', [node('Conv', 'c', ['image', 'w']), norm('y', 'c')], ['c']],
    ['in groups', [node('Conv', 'c', ['image', 'grouped'], { group: { kind: 'int', value: 3 } }), norm('y', 'c')], ['c']],
    [
      'twice',
      [node('Conv', 'c', ['image', 'w']), norm('bn', 'c'), node('Conv', 'd', ['bn', 'square']), norm('y', 'd', epsilon)],
      ['c', 'd'],
    ],
  ])('merges a norm into the convolution before it: %s', async (_, nodes, left) => {
    const constants = { w: noise([6, 3, 3, 3]), b: noise([6], 2), grouped: noise([6, 1, 3, 3]), square: noise([6, 6, 1, 1], 5) }
    const graph = graphOf(nodes, { ...constants, ...statistics(6) })
    const folded = foldBatchNorm(graph)
    expect(folded.nodes.map(({ name }) => name)).toEqual(left)
    expect(folded.nodes.map(({ op }) => op)).not.toContain('BatchNormalization')
    const [expected, found] = [await runGraph(graph, image, [2, 3, 8, 8]), await runGraph(folded, image, [2, 3, 8, 8])]
    expectClose(found.data, expected.data, { relative: 1e-5, absolute: 1e-6 })
    expect(graph.initializers.get('w')).toEqual(noise([6, 3, 3, 3]))
    expect(folded.initializers.has('gamma')).toBe(false)
  })

  it.each<[string, readonly Node[], Record<string, Tensor>?]>([
    ['the convolution has another use', [node('Conv', 'c', ['image', 'w']), norm('bn', 'c'), node('Add', 'y', ['bn', 'c'])]],
    ['there is padding between', [node('Conv', 'c', ['image', 'w']), node('Pad', 'p', ['c', 'pads']), norm('y', 'p')]],
    ['the norm comes first', [norm('bn', 'image'), node('Conv', 'y', ['bn', 'w'])], statistics(3)],
    ['it follows an activation', [node('Conv', 'c', ['image', 'w']), node('Relu', 'r', ['c']), norm('y', 'r')]],
    ['it trains', [node('Conv', 'c', ['image', 'w']), norm('y', 'c', { training_mode: { kind: 'int', value: 1 } })]],
    ['a bias is computed', [node('Relu', 'late', ['b']), node('Conv', 'c', ['image', 'w', 'late']), norm('y', 'c')]],
    ['a weight is computed', [node('Relu', 'late', ['w']), node('Conv', 'c', ['image', 'late']), norm('y', 'c')]],
    [
      'statistics are computed',
      [
        node('Relu', 'late', ['gamma']),
        node('Conv', 'c', ['image', 'w']),
        { ...norm('y', 'c'), inputs: ['c', 'late', 'beta', 'mean', 'variance'] },
      ],
    ],
  ])('leaves it where %s', (_, nodes, constants = statistics(6)) => {
    const graph = graphOf(nodes, { w: noise([6, 3, 3, 3]), b: noise([6], 2), pads: tensor([8], []), ...constants })
    expect(foldBatchNorm(graph).nodes).toEqual(nodes)
  })

  it('leaves it where the convolution is an output itself', () => {
    const nodes = [node('Conv', 'c', ['image', 'w']), norm('y', 'c')]
    const graph = graphOf(nodes, { w: noise([6, 3, 3, 3]), ...statistics(6) }, { outputs: [value('c'), value('y')] })
    expect(foldBatchNorm(graph).nodes).toEqual(nodes)
  })
})
