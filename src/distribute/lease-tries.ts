import type { Redis } from 'ioredis'
import { keyPrefix } from './run-board.js'

/** Tries of an image after which it is quarantined. */
export const mostTries = 3

/** Seconds for which tries are remembered. */
const memory = 7 * 24 * 3600

/** How a lease is to be coded. */
export interface Standing {
  /** All at once, or image by image, so that it shows which one ends the worker. */
  readonly mode: 'at once' | 'one by one'
  /** Tries of single images that failed so far, by position. */
  readonly tries: ReadonlyMap<number, number>
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
    const { at, ...counts } = found
    const tries = new Map(Object.entries(counts).map(([position, count]) => [Number(position), Number(count)]))
    if (at === undefined) {
      await this.#redis.multi().hset(this.#key, 'at', 'all').expire(this.#key, memory).exec()
      return { mode: 'at once', tries }
    }
    if (at !== 'all') {
      tries.set(Number(at), (tries.get(Number(at)) ?? 1) + 1)
      await this.#redis
        .multi()
        .hset(this.#key, at, String(tries.get(Number(at))), 'at', 'all')
        .exec()
    }
    return { mode: 'one by one', tries }
  }

  /** Says which image is tried now. */
  async trying(position: number): Promise<void> {
    await this.#redis.hset(this.#key, 'at', String(position))
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
