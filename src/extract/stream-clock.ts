import { IdleClock } from './idle-clock.js'
import type { StageThreads } from './options.js'
import { type Bound, whatBounds } from './what-bounds.js'

/** What a clock asks of the threads; there may come to be more of them. */
interface Threads {
  readonly size: number
  readonly threads: StageThreads
}

/** CPU seconds of two stages; what is neither of them is reading, decoding and resizing. */
interface StageCpu {
  readonly forward: number
  readonly write: number
}

/** Follows, while a stream runs, what its time goes into. */
export class StreamClock {
  readonly #cpu = process.cpuUsage()
  #computing: { readonly threads: Threads; readonly since: number; readonly idle: IdleClock } | undefined
  /** Seconds of the networks, by the threads' clocks. */
  #forward = 0

  /** The first images are there to be computed; later calls change nothing. */
  begin(threads: Threads): void {
    const since = performance.now()
    this.#computing ??= { threads, since, idle: new IdleClock(threads, since) }
  }

  /** Seconds since there was something to compute. */
  get computing(): number {
    return this.#computing ? (performance.now() - this.#computing.since) / 1000 : 0
  }

  /** Says that so many more (or fewer) batches are with the threads, or wait to be written. */
  change(batches: { readonly busy?: number; readonly writes?: number }): void {
    this.#computing?.idle.change(batches, performance.now())
  }

  /** Says that the networks ran for so many seconds. */
  ran(seconds: number): void {
    this.#forward += seconds
  }

  /** What the threads did, and what kept them from doing more. */
  stages(): { readonly bound: Bound | undefined; readonly threads: StageThreads | undefined } {
    if (!this.#computing) return { bound: undefined, threads: undefined }
    const { idle, threads } = this.#computing
    const elapsed = Math.max(this.computing, 0.001)
    const bound = whatBounds({ ...idle.shares(performance.now()), forward: this.#forward / (elapsed * threads.threads.forward) })
    return { bound, threads: threads.threads }
  }

  /** Shares of the CPU time so far. */
  shares({ forward, write }: StageCpu): StageCpu & { readonly decode: number } {
    const { user, system } = process.cpuUsage(this.#cpu)
    const decode = Math.max(0, (user + system) / 1e6 - forward - write)
    const all = decode + forward + write
    return all === 0 ? { decode: 0, forward: 0, write: 0 } : { decode: decode / all, forward: forward / all, write: write / all }
  }
}
