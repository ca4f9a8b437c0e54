import type { Redis } from 'ioredis'
import { keyPrefix } from './run-board.js'

/** Tries of an image after which it is quarantined. */
export const mostTries = 3

/** Seconds for which tries are remembered. */
const memory = 7 * 24 * 3600

/** An image that failed. */
export interface FailedTries {
  readonly tries: number
  /** What went wrong the last time, undefined where the worker could not say it any more. */
  readonly reason: string | undefined
}

/** How a lease is to be coded. */
export interface Standing {
  /** All at once, or image by image, so that it shows which one ends the worker. */
  readonly mode: 'at once' | 'one by one'
  /** Images that failed so far, by position. */
  readonly failed: ReadonlyMap<number, FailedTries>
}

/**
 * Remembers in Redis what a worker was about to do when it died: a process that an image kills can say nothing any more.
 *
 * The first try is that of the whole lease. Where it came to no end, each image is tried by itself, its position written down before.
 */
export class LeaseTries {
  readonly #redis: Redis
  readonly #key: string

  constructor(redis: Redis, { run, lease }: { readonly run: string; readonly lease: string }) {
    this.#redis = redis
    this.#key = `${keyPrefix}:tries:${run}:${lease}`
  }

  /** Begins a try of the lease: what the last one was about to do has failed. */
  async begin(): Promise<Standing> {
    const found = await this.#redis.hgetall(this.#key)
    const { at } = found
    if (at === undefined) {
      await this.#redis.multi().hset(this.#key, 'at', 'all').expire(this.#key, memory).exec()
      return { mode: 'at once', failed: new Map() }
    }
    if (at !== 'all') {
      found[at] = String(Number(found[at] ?? 1) + 1) // the first try was that of the whole lease
      await this.#redis.hset(this.#key, at, found[at], 'at', 'all')
    }
    const counts = Object.entries(found).filter(([field]) => /^\d+$/.test(field))
    const failed = counts.map(
      ([position, count]) => [Number(position), { tries: Number(count), reason: found[`why ${position}`] }] as const,
    )
    return { mode: 'one by one', failed: new Map(failed) }
  }

  /** Says which image is tried now. */
  async trying(position: number): Promise<void> {
    await this.#redis.hset(this.#key, 'at', String(position))
  }

  /** Says what went wrong with the image that is tried now; where it ends the worker, nobody does. */
  async say(position: number, reason: string): Promise<void> {
    await this.#redis.hset(this.#key, `why ${position}`, reason)
  }

  /** Says that the images are coded, or that what failed now was not one of them. */
  async innocent(mode: Standing['mode']): Promise<void> {
    if (mode === 'at once') await this.#redis.hdel(this.#key, 'at')
    else await this.#redis.hset(this.#key, 'at', 'all')
  }

  /** Forgets the lease: it is done. */
  async end(): Promise<void> {
    await this.#redis.del(this.#key)
  }
}
