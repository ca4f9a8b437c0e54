import { describe, expect, it } from 'vitest'
import { batchNormAsConv } from '../../src/graph/batch-norm-as-conv.js'
import { node } from '../../src/graph/graph.js'
import { expectClose } from '../helpers/expect-close.js'
import { runGraph } from '../helpers/run-graph.js'
import { graphOf, noise, noiseFloats, tensor } from '../helpers/tiny-graph.js'

const image = noiseFloats(2 * 192, 40)
const constants = {
  w: noise([6, 3, 3, 3]),
  gamma: noise([6], 11),
  beta: noise([6], 12),
  mean: noise([6], 13),
  variance: tensor([6], [0.1, 0.2, 1, 2, 0.5, 0.3]),
}
const norm = (output: string, input: string) => node('BatchNormalization', output, [input, 'gamma', 'beta', 'mean', 'variance'])

describe('batchNormAsConv', () => {
  it('gives the same numbers', async () => {
    const graph = graphOf(
      [
        node('Conv', 'c', ['image', 'w']),
        node('Relu', 'r', ['c']),
        norm('bn', 'r'),
        node('MaxPool', 'p', ['bn'], { kernel_shape: { kind: 'ints', value: [2, 2] } }),
        norm('y', 'p'),
      ],
      constants,
    )
    const converted = batchNormAsConv(graph)
    expect(converted.nodes.map(({ op, name }) => [op, name])).toEqual([
      ['Conv', 'c'],
      ['Relu', 'r'],
      ['Conv', 'bn'],
      ['MaxPool', 'p'],
      ['Conv', 'y'],
    ])
    const [expected, found] = [await runGraph(graph, image, [2, 3, 8, 8]), await runGraph(converted, image, [2, 3, 8, 8])]
    expectClose(found.data, expected.data, { relative: 1e-5, absolute: 1e-6 })
  })

  it.each([
    ['rows', [node('Conv', 'c', ['image', 'w']), node('Flatten', 'rows', ['c']), norm('y', 'rows')]],
    ['images', [norm('y', 'image')]],
  ])('leaves norms of %s', (_, nodes) => expect(batchNormAsConv(graphOf(nodes, constants)).nodes).toEqual(nodes))
})
