import { Redis } from 'ioredis'
import { clauseOf, UserError } from '../base/errors.js'
import { parseQueueAddress, type QueueAddress } from './queue-address.js'

/** Longest wait between two attempts to find a Redis again that went away, in milliseconds. */
const longestWait = 5000

/** Told once whenever the connection is lost, and once when it is there again. */
type OnNote = ((note: string) => void) | undefined

/**
 * Connects to the Redis at an address as the user gives it, and ends the connection after its use. One that is lost meanwhile is made
 * again, however long that takes: what was asked meanwhile waits.
 *
 * @throws UserError when there is none now, or it refuses the credentials; what its use throws.
 */
export async function withRedis<T>(queue: string, onNote: OnNote, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = await connect(parseQueueAddress(queue, process.env), onNote)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}

async function connect({ url, username, password }: QueueAddress, onNote: OnNote): Promise<Redis> {
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
    if (isThere !== now) onNote?.(now ? 'The queue is there again.' : `The queue at ${url} is gone; waiting for it.`)
    isThere = now
  }
  redis.on('reconnecting', () => tell(false))
  redis.on('ready', () => tell(true))
  return redis
}
