import { describe, expect, it } from 'vitest'
import { architectures } from '../../src/backbones/architectures.js'
import { goldenInput } from '../../src/backbones/golden.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { createSession } from '../../src/engine/onnx-session.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const random = (name: string, seed?: number) => resolveBackbone(name, { weights: 'random', seed, size: 96 })

describe('--weights random', () => {
  const tried = [...architectures.values()].filter(({ untrained }) => !untrained).map(({ name }) => name)

  it.each(tried)('%s: activations neither vanish nor explode', async (name) => {
    const { graph, input, size } = await random(name)
    const session = await createSession(writeOnnx(graph), 0)
    const { data } = await session.run(goldenInput(size, input), [1, 3, size, size])
    await session.release()
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length
    const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)
    expect(deviation).toBeGreaterThan(0.1)
    expect(deviation).toBeLessThan(10)
    expect(data.filter((value) => value !== 0).length / data.length).toBeGreaterThan(0.3)
  })

  it('is the same for the same seed, and marked', async () => {
    const [first, again, other] = await Promise.all([random('squeezenet'), random('squeezenet', 0), random('squeezenet', 1)])
    expect(first.identity).toEqual(again.identity)
    expect(first.identity).toEqual({
      architecture: 'squeezenet',
      version: '1.0.0',
      weights: expect.stringMatching(/^[0-9a-f]{64}$/),
      random: '0',
    })
    expect(other.identity).toMatchObject({ random: '1' })
    expect(other.identity).not.toHaveProperty('weights', 'weights' in first.identity ? first.identity.weights : '')
  })

  it.each([-1, 0.5, 2 ** 32, Number.NaN])('refuses seed %d', async (seed) => {
    const { message, exitCode } = await userErrorOf(() => random('squeezenet', seed))
    expect([message, exitCode]).toEqual([`Expected --seed to be a whole number from 0 to 4294967295, got ${seed}.`, 2])
  })

  it.each(['efficientnet-lite0', modelFile(convolution())])('is refused by %s', async (model) => {
    const { message, exitCode } = await userErrorOf(() => resolveBackbone(model, { weights: 'random' }))
    const name = model.split('/').at(-1)
    expect([message, exitCode]).toEqual([`Expected no --weights with ${name}, which has its own, got random. Leave the option out.`, 2])
  })
})
