import { expect } from 'vitest'
import { architectures } from '../../src/backbones/architectures.js'
import { buildBackbone } from '../../src/backbones/build-backbone.js'
import { compareGolden } from '../../src/backbones/compare-golden.js'
import { type Golden, goldenInput } from '../../src/backbones/golden.js'
import { createSession, type Output } from '../../src/engine/onnx-session.js'
import { withChannelsLast } from '../../src/graph/layout.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import type { NetworkWeights } from '../../src/weights/read-weights.js'

/** Expects that a network with the filler's weights gives what the trusted library gives. */
export async function checkBackbone(name: string, size: number, weights: NetworkWeights, expected: Golden): Promise<void> {
  const { data, dims } = await runBackbone(name, size, weights)
  expect(dims).toEqual([1, ...expected.shape])
  const { worst, cosine } = compareGolden(data, dims.slice(1), expected)
  expect(worst, `${name}@${size}: worst error as a share of the standard deviation`).toBeLessThanOrEqual(1e-3)
  expect(cosine, 'cosine').toBeGreaterThanOrEqual(0.99999)
}

/** The filler's image through the network, channels last. */
async function runBackbone(name: string, size: number, weights: NetworkWeights): Promise<Output> {
  const architecture = architectures.get(name)
  if (!architecture) throw new Error(`Expected a known network, got ${name}`)
  const { graph, input } = buildBackbone(architecture, weights, { size })
  const session = await createSession(writeOnnx(withChannelsLast(graph)), 0)
  try {
    return await session.run(goldenInput(size, input), [1, 3, size, size])
  } finally {
    await session.release()
  }
}
