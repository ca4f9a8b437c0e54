/** Milliseconds over which images are counted. */
const span = 30_000

/** Images per second lately. */
export class QueueRate {
  #counts: { readonly at: number; readonly images: number }[] = []
  #since: number | undefined

  add(images: number, now = performance.now()): void {
    this.#since ??= now
    this.#counts.push({ at: now, images })
  }

  /** 0 until something was counted twice. */
  lately(now = performance.now()): number {
    this.#counts = this.#counts.filter(({ at }) => now - at < span)
    const [first, ...others] = this.#counts
    if (!first || this.#since === undefined) return 0
    // What came with the first count was made before it.
    const seconds = Math.max(now - Math.max(this.#since, first.at), 1) / 1000
    return others.reduce((sum, { images }) => sum + images, 0) / seconds
  }
}
