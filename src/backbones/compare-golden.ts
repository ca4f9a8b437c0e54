import { type Golden, places } from './golden.js'

/** How near an output is to the golden one. */
export interface Comparison {
  /** Of the values, or of the channels' means where that is less; 0 where the shapes differ. */
  readonly cosine: number
  /** Largest difference, as a share of the output's standard deviation; Infinity where the shapes differ. */
  readonly worst: number
}

/** @param data the flat channels-last output of one image. @param shape its shape without the batch. */
export function compareGolden(data: Float32Array, shape: readonly number[], golden: Golden): Comparison {
  if (shape.join() !== golden.shape.join()) return { cosine: 0, worst: Number.POSITIVE_INFINITY }
  const values = places(golden).map((at) => data[at] ?? Number.NaN)
  const gap = channelMeans(data, shape.at(-1) ?? 1).slice(0, golden.gap.length)
  return {
    cosine: Math.min(cosine(values, golden.values), cosine(gap, golden.gap)),
    worst: Math.max(farthest(values, golden.values), farthest(gap, golden.gap)) / golden.std,
  }
}

/** Mean of each channel over all positions. */
function channelMeans(data: Float32Array, channels: number): number[] {
  const sums = new Float64Array(channels)
  for (const [i, value] of data.entries()) sums[i % channels] = (sums[i % channels] ?? 0) + value
  return [...sums].map((sum) => (sum * channels) / data.length)
}

function farthest(found: readonly number[], wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, i) => Math.abs((found[i] ?? Number.NaN) - value)))
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}
