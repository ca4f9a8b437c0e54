import { Histogram } from '../base/histogram.js'
import type { CalibratedRange } from '../graph/ranges.js'

/** A batch of a tensor's values, [n, channels, …]. */
interface Batch {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** Values of one image's tensor that are enough. */
const sample = 2 ** 16

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
    let stride = Math.ceil(length / sample)
    while (divisor(stride, length) > 1) stride++ // no common factor: the sample comes from all columns and channels
    if (this.#sums.length === 0) {
      this.#sums = new Float64Array(channels)
      this.#counts = new Float64Array(channels)
    }
    for (let i = 0; i < images; i++) {
      const image = data.subarray(i * length, (i + 1) * length)
      if (!this.#histogram.add(image, stride)) return false
      this.#addMeans(image, stride, length / channels)
    }
    return true
  }

  /** The range that leaves a share of 1 − percentile of the values outside on either side. */
  range(percentile: number): CalibratedRange {
    const means = Float32Array.from(this.#sums, (sum, c) => sum / Math.max(this.#counts[c] ?? 0, 1))
    return { min: this.#histogram.quantile(1 - percentile), max: this.#histogram.quantile(percentile), means }
  }

  #addMeans(image: Float32Array, stride: number, area: number): void {
    const [sums, counts] = [this.#sums, this.#counts]
    for (let i = 0; i < image.length; i += stride) {
      const c = Math.floor(i / area)
      sums[c] = (sums[c] as number) + (image[i] as number) // hot loop: all are in range
      counts[c] = (counts[c] as number) + 1
    }
  }
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}
