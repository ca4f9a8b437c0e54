import { setTimeout } from 'node:timers/promises'
import { attempt } from '../base/attempt.js'
import type { Leases } from './leases.js'

/** Milliseconds between two attempts. */
const interval = 250

/** What is done by one process at a time. */
export interface Exclusive {
  /** What kind of work. */
  readonly work: string
  /** On what: a sha256 in hex. */
  readonly on: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Does something that no other process on the cache does meanwhile; waits for one that does.
 *
 * @throws the signal's reason when it is aborted while waiting.
 */
export async function withLease<T>(leases: Leases, { work, on, signal }: Exclusive, action: () => Promise<T>): Promise<T> {
  while (!leases.take(work, [on]).has(on)) {
    signal?.throwIfAborted()
    await setTimeout(interval)
  }
  try {
    return await action()
  } finally {
    attempt(() => leases.release(work, [on])) // must not hide what went wrong before; the lease ends with the process
  }
}
