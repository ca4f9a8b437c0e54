import { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { clauseOf } from '../base/errors.js'
import { fieldsOf, itemsOf } from '../base/json.js'
import { openStore } from '../cache/store/open-store.js'
import type { LeaseReport } from './lease.js'
import { LeaseCoder } from './lease-coder.js'
import { queueName } from './lease-queue.js'
import { LeaseTries } from './lease-tries.js'
import { type OpenRunPool, openRunPool } from './open-run-pool.js'
import { keyPrefix } from './run-board.js'
import type { NamedRun } from './run-description.js'
import type { WorkerOptions } from './run-worker-options.js'
import type { WorkerRoot } from './worker-root.js'

/** Leases at a time: while one is published and the next one is asked for, the threads have the other. */
export const leasesAtOnce = 2

/** Longest wait before a lease that failed is tried again, in milliseconds. */
const longestWait = 60_000

/** A lease may change hands so often: kills, restarts and lost machines are nobody's fault. */
const anyNumber = 1_000_000

export interface RunOnWorkerOptions extends WorkerOptions {
  readonly redis: Redis
  readonly source: WorkerRoot
  readonly onLease: (report: LeaseReport, files: number) => void
}

/** This worker's part in one run: threads that start with the first lease, and end with it. */
export class RunOnWorker {
  readonly #run: NamedRun
  readonly #options: RunOnWorkerOptions
  readonly #worker: Worker
  #pool: Promise<OpenRunPool> | undefined
  #coder: Promise<LeaseCoder> | undefined
  #underWay = 0

  constructor(run: NamedRun, options: RunOnWorkerOptions) {
    this.#run = run
    this.#options = options
    const milliseconds = run.description.patience * 1000
    this.#worker = new Worker(queueName(run.id), (job) => this.#take(job.id ?? '', itemsOf(fieldsOf(job.data).files).map(String)), {
      connection: options.redis,
      prefix: keyPrefix,
      concurrency: leasesAtOnce,
      lockDuration: milliseconds,
      stalledInterval: milliseconds,
      maxStalledCount: anyNumber,
      settings: { backoffStrategy: (made: number) => Math.min(longestWait, 1000 * 2 ** (made - 1)) },
    })
    this.#worker.on('error', () => undefined) // a lost connection is told of by the connection itself
    this.#worker.on('failed', (_, error) => options.onNote?.(`A lease failed and is tried again: ${clauseOf(error)}.`))
  }

  get isBusy(): boolean {
    return this.#underWay > 0
  }

  /** Ends when the leases are done that were begun. */
  async close(): Promise<void> {
    await this.#worker.close()
    await (await this.#pool?.catch(() => undefined))?.close()
  }

  async #take(lease: string, files: readonly string[]): Promise<LeaseReport> {
    this.#underWay++
    return this.#code(lease, files).finally(() => {
      this.#underWay--
    })
  }

  async #code(lease: string, files: readonly string[]): Promise<LeaseReport> {
    const { redis, onLease } = this.#options
    this.#coder ??= this.#open()
    const coder = await this.#coder.catch((error: unknown) => {
      this.#coder = undefined // the store may be there the next time
      throw error
    })
    const report = await coder.code(files, new LeaseTries(redis, { run: this.#run.id, lease }))
    onLease(report, files.length)
    return report
  }

  async #open(): Promise<LeaseCoder> {
    const { description } = this.#run
    const { shared = description.shared, source, openPool = openRunPool } = this.#options
    const store = await openStore(shared)
    this.#pool = openPool(description, store, this.#options)
    const { pool, on, batch } = await this.#pool
    return new LeaseCoder({ run: description, pool, on, batch, store, load: (path) => source.load(path) })
  }
}
