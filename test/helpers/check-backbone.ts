import { expect } from 'vitest'
import { architectures } from '../../src/backbones/architectures.js'
import { buildBackbone } from '../../src/backbones/build-backbone.js'
import { createSession, type Output } from '../../src/engine/onnx-session.js'
import { withChannelsLast } from '../../src/graph/layout.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import type { NetworkWeights } from '../../src/weights/read-weights.js'
import { inputImage, type ReferenceOutput } from './backbone-reference.js'
import { cosine } from './cosine.js'

/** Expects that a network with the filler's weights gives what the trusted library gives. */
export async function checkBackbone(name: string, size: number, weights: NetworkWeights, expected: ReferenceOutput): Promise<void> {
  const { data, dims } = await runBackbone(name, size, weights)
  expect(dims).toEqual([1, ...expected.shape])
  const values = expected.at.map((at) => data[at] ?? Number.NaN)
  const gap = channelMeans(data, expected.shape.at(-1) ?? 1).slice(0, expected.gap.length)
  const worst = Math.max(worstOf(values, expected.values), worstOf(gap, expected.gap)) / expected.std
  expect(worst, `${name}@${size}: worst error as a share of the standard deviation`).toBeLessThanOrEqual(1e-3)
  expect(cosine(values, expected.values), 'cosine of the values').toBeGreaterThanOrEqual(0.99999)
  expect(cosine(gap, expected.gap), 'cosine of the means').toBeGreaterThanOrEqual(0.99999)
}

/** The filler's image through the network, channels last. */
async function runBackbone(name: string, size: number, weights: NetworkWeights): Promise<Output> {
  const architecture = architectures.get(name)
  if (!architecture) throw new Error(`Expected a known network, got ${name}`)
  const { graph, input } = buildBackbone(architecture, weights, { size })
  const session = await createSession(writeOnnx(withChannelsLast(graph)), 0)
  try {
    return await session.run(inputImage(size, input), [1, 3, size, size])
  } finally {
    await session.release()
  }
}

/** Mean of each channel over all positions of a flat channels-last map. */
function channelMeans(data: Float32Array, channels: number): number[] {
  const sums = new Float64Array(channels)
  for (const [i, value] of data.entries()) sums[i % channels] = (sums[i % channels] ?? 0) + value
  return [...sums].map((sum) => (sum * channels) / data.length)
}

function worstOf(found: readonly number[], wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, i) => Math.abs((found[i] ?? Number.NaN) - value)))
}
