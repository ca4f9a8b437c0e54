import { Redis } from 'ioredis'
import { clauseOf, UserError } from '../base/errors.js'
import type { QueueAddress } from './queue-address.js'

/** Longest wait between two attempts to find a Redis again that went away, in milliseconds. */
const longestWait = 5000

export interface RedisListener {
  /** Told once whenever the connection is lost, and once when it is there again. */
  readonly onConnection?: ((isThere: boolean) => void) | undefined
}

/**
 * Connects to a Redis. A connection that is lost later is made again, however long that takes: what was asked meanwhile waits.
 *
 * @throws UserError when there is none now, or it refuses the credentials.
 */
export async function connectRedis({ url, username, password }: QueueAddress, { onConnection }: RedisListener = {}): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    // What BullMQ asks for of connections that block: commands wait for the Redis to come back.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 200, longestWait),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  })
  let reason: unknown
  redis.on('error', (error) => {
    reason = error
  })
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    redis.disconnect()
    throw new UserError(
      `Expected a Redis at ${url}, but it cannot be used: ${clauseOf(reason ?? error) || 'nothing answers'}. Check --queue, that it runs, and REDIS_USERNAME and REDIS_PASSWORD.`,
    )
  }
  let isThere = true
  const tell = (now: boolean) => {
    if (isThere !== now) onConnection?.(now)
    isThere = now
  }
  redis.on('reconnecting', () => tell(false))
  redis.on('ready', () => tell(true))
  return redis
}
