import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { fieldsOf, itemsOf } from '../base/json.js'
import { type Lease, leaseName } from './lease.js'
import { keyPrefix } from './run-board.js'

/** A lease with what its worker said of it, as it came. */
export interface FinishedLease {
  readonly name: string
  readonly files: readonly string[]
  readonly report: unknown
}

/** How many leases stand how. */
export interface LeaseCounts {
  /** To be taken. */
  readonly waiting: number
  /** With workers. */
  readonly active: number
  /** That failed and wait to be tried again. */
  readonly delayed: number
  /** Done, and not yet entered in the catalog. */
  readonly reported: number
}

/** Name of a run's queue. */
export const queueName = (run: string) => `run-${run}`

/** Leases that are tried again without end, until somebody says otherwise: what fails is the place where they are coded. */
const attempts = 1_000_000

/**
 * The leases of a run in Redis. What workers report stays there until the coordinator has entered it: it may be away meanwhile.
 */
export class LeaseQueue {
  readonly #queue: Queue

  constructor(redis: Redis, run: string) {
    this.#queue = new Queue(queueName(run), {
      connection: redis,
      prefix: keyPrefix,
      // Nobody listens to the events.
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: { attempts, backoff: { type: 'custom' } },
    })
    this.#queue.on('error', () => undefined) // a lost connection is told of by the connection itself
  }

  /** Hands out a lease under its name; one that is there already stays as it is. */
  async add(files: readonly string[]): Promise<string> {
    const [lease, jobId]: [Lease, string] = [{ files }, leaseName(files)]
    await this.#queue.add('lease', lease, { jobId })
    return jobId
  }

  /** Leases that are done and not entered, the oldest first. */
  async finished(most: number): Promise<FinishedLease[]> {
    const jobs = await this.#queue.getJobs(['completed'], 0, most - 1, true)
    return jobs.flatMap((job) => (job?.id ? { name: job.id, files: filesOf(job.data), report: job.returnvalue } : []))
  }

  /** All leases, however they stand. */
  async all(): Promise<Omit<FinishedLease, 'report'>[]> {
    const jobs = await this.#queue.getJobs(['waiting', 'active', 'delayed', 'completed'])
    return jobs.flatMap((job) => (job?.id ? { name: job.id, files: filesOf(job.data) } : []))
  }

  async counts(): Promise<LeaseCounts> {
    const { waiting = 0, active = 0, delayed = 0, completed = 0 } = await this.#queue.getJobCounts()
    return { waiting, active, delayed, reported: completed }
  }

  /** Which of these leases are gone: a Redis that was restarted may have forgotten the last second. */
  async lost(names: readonly string[]): Promise<string[]> {
    const states = await Promise.all(names.map((name) => this.#queue.getJobState(name)))
    return names.filter((_, at) => states[at] === 'unknown')
  }

  /** Takes a lease away that was entered. */
  async remove(name: string): Promise<void> {
    await this.#queue.remove(name)
  }

  /** Takes back what no worker has begun. */
  async takeBack(): Promise<void> {
    await this.#queue.drain(true)
  }

  /** Takes away all of it. */
  async end(): Promise<void> {
    await this.#queue.obliterate({ force: true })
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }
}

function filesOf(data: unknown): string[] {
  return itemsOf(fieldsOf(data).files).map(String)
}
