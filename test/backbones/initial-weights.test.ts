import { expect, it } from 'vitest'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { floatsOf } from '../../src/graph/tensor-floats.js'

const cnn7 = (seed?: number) => resolveBackbone('cnn7', { size: 32, seed })

it('cnn7 without a weight file has the weights that Keras begins with, the same for the same seed, and is marked', async () => {
  const [first, again, other] = await Promise.all([cnn7(), cnn7(0), cnn7(1)])
  expect(first.identity).toEqual(again.identity)
  expect(first.identity).toMatchObject({ architecture: 'cnn7', random: '0' })
  expect(other.identity).toMatchObject({ random: '1' })
  expect(other.identity).not.toMatchObject({ weights: 'weights' in first.identity ? first.identity.weights : '' })
  const kernels = [...first.graph.initializers.values()].filter(({ dims }) => dims.length === 4)
  expect(kernels).toHaveLength(7)
  for (const kernel of kernels) {
    const [outputs = 0, inputs = 0] = kernel.dims
    const bound = Math.sqrt(6 / (9 * (inputs + outputs)))
    const values = [...(floatsOf(kernel) ?? [])]
    expect(Math.max(...values.slice(0, 20_000).map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound))
    const square = values.reduce((sum, each) => sum + each ** 2, 0) / values.length
    expect(square / (bound ** 2 / 3), kernel.dims.join()).toBeCloseTo(1, 1) // of a uniform distribution
    expect(Math.abs(values.reduce((sum, each) => sum + each, 0) / values.length)).toBeLessThan(0.1 * bound)
  }
  const biases = [...first.graph.initializers.values()].filter(({ dims }) => dims.length === 1)
  expect(biases.flatMap((bias) => [...(floatsOf(bias) ?? [1])]).every((each) => each === 0)).toBe(true)
})
