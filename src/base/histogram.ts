/** Bins on each side of zero. */
const half = 8192

/** Where the bins reach at first: numbers below count as zeros would. */
const smallestLimit = 2 ** -64

/**
 * Counts of numbers in bins of equal width around zero. Memory stays the same however many come: where a number falls
 * outside, the bins double their width and neighbours merge.
 *
 * Widths are powers of two, so the counts depend on the numbers alone, not on their order.
 */
export class Histogram {
  readonly #counts = new Float64Array(2 * half)
  /** The bins reach from −limit to limit. */
  #limit = smallestLimit
  #total = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  /**
   * Counts these numbers.
   *
   * @returns whether all of them are finite; otherwise none is counted.
   */
  add(values: Float32Array): boolean {
    let [min, max, poison] = [this.#min, this.#max, 0]
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number // hot loop: i is in range
      if (value < min) min = value
      if (value > max) max = value
      poison += value * 0 // NaN once one is NaN or infinite
    }
    if (poison !== 0) return false
    this.#min = min
    this.#max = max
    this.#widen(Math.max(-min, max))
    this.#total += values.length
    const [counts, perUnit] = [this.#counts, half / this.#limit]
    for (let i = 0; i < values.length; i++) {
      const bin = Math.floor((values[i] as number) * perUnit) + half
      counts[bin] = (counts[bin] as number) + 1
    }
    return true
  }

  /**
   * The value that a share of the numbers lies below, to the width of a bin: 1 / 4096 of the largest magnitude or less.
   * Shares 0 and 1 give the least and the greatest number exactly.
   *
   * @throws when there are no numbers.
   */
  quantile(share: number): number {
    if (this.#total === 0) throw new Error('Expected numbers in the histogram, found none')
    if (share <= 0) return this.#min
    const width = this.#limit / half
    let left = share * this.#total
    for (const [bin, count] of this.#counts.entries()) {
      if (left <= count && share < 1) return Math.min(Math.max((bin - half + left / count) * width, this.#min), this.#max)
      left -= count
    }
    return this.#max
  }

  /** Doubles the bins until a magnitude lies inside. */
  #widen(magnitude: number): void {
    for (; this.#limit <= magnitude; this.#limit *= 2) if (this.#total > 0) this.#merge()
  }

  #merge(): void {
    const [counts, merged] = [this.#counts, new Float64Array(2 * half)]
    for (let bin = 0; bin < half; bin++) merged[half / 2 + bin] = (counts[2 * bin] as number) + (counts[2 * bin + 1] as number)
    counts.set(merged)
  }
}
