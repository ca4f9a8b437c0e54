import { describe, expect, it } from 'vitest'
import { createFeedSession } from '../../../src/engine/feed-session.js'
import { float } from '../../../src/graph/attributes.js'
import { withBatchStatistics } from '../../../src/graph/gradient/batch-statistics.js'
import { node } from '../../../src/graph/graph.js'
import { writeOnnx } from '../../../src/graph/write-onnx.js'
import { constant, expectGradients } from '../../helpers/gradients.js'
import { graphOf, noise, noiseFloats, tensor, value } from '../../helpers/tiny-graph.js'

const constants = { gamma: noise([3], 1), beta: noise([3], 2), mean: noise([3], 3), variance: tensor([3], [0.3, 0.01, 1.2]) }

describe('gradients of BatchNormalization', () => {
  it.each([[[2, 3, 4, 5]], [[4, 3]], [[2, 3, 6]]])('moving statistics of %j', async (dims) => {
    const norm = node('BatchNormalization', 'y', ['x', ...Object.keys(constants)], { epsilon: float(1e-3) })
    const graph = graphOf([norm], constants, {
      inputs: [
        value(
          'x',
          dims.map((side, at) => (at === 1 ? side : null)),
        ),
      ],
    })
    const length = dims.reduce((all, side) => all * side, 1)
    await expectGradients({ graph, trained: ['gamma', 'beta'], data: { x: { data: noiseFloats(length, 5), dims } }, step: 0.1 })
  })
})

describe('gradients of batch norms in training mode', () => {
  it.each([[[4, 3, 4, 5]], [[6, 3]]])('statistics of a batch of %j', async (dims) => {
    const norm = node('BatchNormalization', 'y', ['x', ...Object.keys(constants)], { epsilon: float(1e-3) })
    const length = dims.reduce((all, side) => all * side, 1)
    const data = noiseFloats(length, 5)
    const plain = graphOf([norm], constants, {
      inputs: [
        value(
          'x',
          dims.map((side, at) => (at === 1 ? side : null)),
        ),
      ],
    })
    const { graph, statistics } = withBatchStatistics(plain)
    await expectGradients({ graph, trained: ['gamma', 'beta'], data: { x: { data, dims } }, step: 0.02 })
    const [own] = statistics
    const session = await createFeedSession(writeOnnx(graph), 1)
    const results = await session.run({ x: { data, dims } })
    await session.release()
    const inner = length / (dims[0] ?? 1) / 3 // the first number of channel 1
    const channel = [...data].filter((_, at) => Math.floor(at / inner) % 3 === 1)
    const mean = channel.reduce((sum, number) => sum + number, 0) / channel.length
    const variance = channel.reduce((sum, number) => sum + (number - mean) ** 2, 0) / channel.length
    expect(results.get(own?.batch.mean ?? '')?.data[1]).toBeCloseTo(mean, 6)
    expect(results.get(own?.batch.variance ?? '')?.data[1]).toBeCloseTo(variance, 6)
    const first = ((data[inner] ?? 0) - mean) / Math.sqrt(variance + 1e-3)
    const [gamma, beta] = ['gamma', 'beta'].map((name) => constant(graph, name).data[1] ?? 0)
    expect(results.get('y')?.data[inner]).toBeCloseTo((gamma ?? 0) * first + (beta ?? 0), 5)
    expect(own).toMatchObject({ norm: 'y', moving: { mean: 'mean', variance: 'variance' } })
  })
})
