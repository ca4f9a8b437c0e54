import { setTimeout } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { clauseOf, UserError } from '../base/errors.js'
import { parseQueueAddress, type QueueAddress } from './queue-address.js'

/** Longest wait between two attempts to find a Redis again that went away, in milliseconds. */
const longestWait = 5000

/** Milliseconds in which a Redis may come that is not there yet: it may be starting beside this process, or again. */
const grace = 3000

/** Told once whenever the connection is lost, and once when it is there again. */
type OnNote = ((note: string) => void) | undefined

/**
 * Connects to the Redis at an address as the user gives it, and ends the connection after its use. One that is lost meanwhile is made
 * again, however long that takes: what was asked meanwhile waits.
 *
 * @throws UserError when none comes within 3 seconds, or it refuses the credentials; what its use throws.
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
  const given = new AbortController()
  const refusal = redis.ping().then(
    () => undefined,
    (error: unknown) => reason ?? error,
  )
  const late = setTimeout(grace, undefined, { signal: given.signal }).then(
    () => reason ?? new Error(`no answer in ${grace / 1000} seconds`),
    () => undefined,
  )
  const trouble = await Promise.race([refusal, late])
  given.abort()
  if (trouble !== undefined) {
    redis.disconnect()
    throw new UserError(
      `Expected a Redis at ${url}, but it cannot be used: ${clauseOf(trouble)}. Check --queue, that it runs, and REDIS_USERNAME and REDIS_PASSWORD.`,
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
