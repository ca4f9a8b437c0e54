/** Follows, while a stream runs, how much of the threads' time is lost, and to what. */
export class IdleClock {
  readonly #pool: { readonly size: number }
  readonly #started: number
  #since: number
  #busy = 0
  #writes = 0
  #reading = 0
  #writing = 0

  /** @param pool tells how many threads there are; it may grow. @param now milliseconds, by performance.now(). */
  constructor(pool: { readonly size: number }, now: number) {
    this.#pool = pool
    this.#started = now
    this.#since = now
  }

  /** Says that so many more (or fewer) batches are with the threads, or wait to be written. */
  change({ busy = 0, writes = 0 }: { readonly busy?: number; readonly writes?: number }, now: number): void {
    const { size } = this.#pool
    const idle = ((now - this.#since) * Math.max(0, size - this.#busy)) / size
    if (this.#writes > 0) this.#writing += idle
    else this.#reading += idle
    this.#since = now
    this.#busy += busy
    this.#writes += writes
  }

  /** Shares of the time so far: threads without work since it was not read yet, or since results had to be written first. */
  shares(now: number): { readonly read: number; readonly write: number } {
    this.change({}, now)
    const all = Math.max(now - this.#started, 1)
    return { read: this.#reading / all, write: this.#writing / all }
  }
}
