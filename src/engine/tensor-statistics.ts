import { Histogram } from '../base/histogram.js'
import type { CalibratedRange } from '../graph/ranges.js'

/** A batch of a tensor's values, [n, channels, …]. */
interface Batch {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** Values of one image's tensor that are enough. */
const enough = 2 ** 15

/** Gathers a tensor's distribution and the means of its channels over any number of images. */
export class TensorStatistics {
  readonly #histogram = new Histogram()
  #sums = new Float64Array()
  #counts = new Float64Array()

  /**
   * Takes each image's values, of large tensors an even sample.
   *
   * @returns whether all of those are finite.
   */
  add({ data, dims: [images = 1, channels = 1] }: Batch): boolean {
    const length = data.length / images
    if (this.#sums.length === 0) [this.#sums, this.#counts] = [new Float64Array(channels), new Float64Array(channels)]
    for (let i = 0; i < images; i++) {
      const { sample, stride } = sampled(data.subarray(i * length, (i + 1) * length))
      if (!this.#histogram.add(sample)) return false
      this.#addMeans(sample, { stride, area: length / channels })
    }
    return true
  }

  /** The range that leaves a share of 1 − percentile of the values outside on either side. */
  range(percentile: number): CalibratedRange {
    const means = Float32Array.from(this.#sums, (sum, c) => sum / Math.max(this.#counts[c] ?? 0, 1))
    return { min: this.#histogram.quantile(1 - percentile), max: this.#histogram.quantile(percentile), means }
  }

  /** @param spacing `area`: values of a channel, of which each `stride`-th is in the sample. */
  #addMeans(sample: Float32Array, { stride, area }: { readonly stride: number; readonly area: number }): void {
    const [sums, counts] = [this.#sums, this.#counts]
    for (let i = 0; i < sample.length; i++) {
      const c = Math.floor((i * stride) / area) // whole numbers divided: 49 · (1 / 49) would be less than 1
      sums[c] = (sums[c] as number) + (sample[i] as number) // hot loop: all are in range
      counts[c] = (counts[c] as number) + 1
    }
  }
}

/** Each `stride`-th value. The stride has no factor in common with the length, so the sample comes from all columns and channels. */
function sampled(values: Float32Array): { readonly sample: Float32Array; readonly stride: number } {
  let stride = Math.max(Math.ceil(values.length / enough), 1)
  while (divisor(stride, values.length) > 1) stride++
  const sample = new Float32Array(Math.ceil(values.length / stride))
  for (let i = 0, from = 0; i < sample.length; i++, from += stride) sample[i] = values[from] as number // in range
  return { sample, stride }
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}
