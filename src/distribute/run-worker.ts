import { setTimeout } from 'node:timers/promises'
import { messageOf } from '../base/errors.js'
import { processName } from '../base/process-name.js'
import { hasVnni } from '../engine/has-vnni.js'
import type { LeaseReport } from './lease.js'
import { QueueRate } from './queue-rate.js'
import { RunBoard } from './run-board.js'
import type { NamedRun } from './run-description.js'
import { RunOnWorker } from './run-on-worker.js'
import type { WorkerOptions, WorkerResult } from './run-worker-options.js'
import { withRedis } from './with-redis.js'
import { WorkerRoot } from './worker-root.js'

/** Milliseconds between two looks for runs. */
const interval = 250

/**
 * Takes leases of images from a queue, codes them and puts their shards into the shared location, until the signal ends it: then it
 * finishes what it has begun. It reads nothing outside its root, and writes nothing but shards.
 *
 * @throws UserError when there is no such folder, or the queue cannot be used.
 */
export async function runWorker(options: WorkerOptions): Promise<WorkerResult> {
  const source = new WorkerRoot(options.root)
  return withRedis(options.queue, options.onNote, (redis) =>
    new QueueWorker(options, {
      board: new RunBoard(redis),
      open: (run, onLease) => new RunOnWorker(run, { ...options, redis, source, onLease }),
      source,
    }).work(),
  )
}

interface Tools {
  readonly board: RunBoard
  readonly source: WorkerRoot
  readonly open: (run: NamedRun, onLease: (report: LeaseReport, files: number) => void) => RunOnWorker
}

class QueueWorker {
  readonly #options: WorkerOptions
  readonly #tools: Tools
  readonly #name = processName()
  readonly #runs = new Map<string, RunOnWorker>()
  /** Why a run is left to others, by its id. */
  readonly #left = new Map<string, string>()
  readonly #rate = new QueueRate()
  #leases = 0
  #images = 0
  #refused = 0
  #lastWork = performance.now()

  constructor(options: WorkerOptions, tools: Tools) {
    this.#options = options
    this.#tools = tools
  }

  async work(): Promise<WorkerResult> {
    const { signal, idle = Number.POSITIVE_INFINITY, onProgress } = this.#options
    const { board } = this.#tools
    const started = performance.now()
    while (!signal?.aborted && performance.now() - this.#lastWork < idle * 1000) {
      await this.#look()
      if ([...this.#runs.values()].some((run) => run.isBusy)) this.#lastWork = performance.now()
      const progress = { leases: this.#leases, images: this.#images, refused: this.#refused, rate: this.#rate.lately() }
      await board.sign({ name: this.#name, at: Date.now(), ...progress })
      onProgress?.(progress)
      await setTimeout(interval, undefined, { signal }).catch(() => undefined)
    }
    await Promise.all([...this.#runs.values()].map((run) => run.close()))
    await board.leave(this.#name)
    const [leases, images, refused] = [this.#leases, this.#images, this.#refused]
    return { leases, images, refused, seconds: (performance.now() - started) / 1000, interrupted: signal?.aborted ?? false }
  }

  /** Takes part in runs that are new, and ends those that are over. */
  async #look(): Promise<void> {
    const ids = await this.#tools.board.ids()
    for (const [id, run] of this.#runs) {
      if (ids.includes(id)) continue
      this.#runs.delete(id)
      await run.close()
    }
    for (const id of ids) if (!this.#runs.has(id)) await this.#join(id)
  }

  async #join(id: string): Promise<void> {
    const { board, open } = this.#tools
    const run = await board.find(id).catch((error: unknown) => this.#leave(id, messageOf(error)))
    if (!run) return
    const reason = await this.#unfit(run)
    if (reason !== undefined) return this.#leave(id, reason)
    this.#left.delete(id)
    this.#runs.set(
      id,
      open(run, (report, files) => this.#count(report, files)),
    )
  }

  /** Why this worker cannot take part in a run. */
  async #unfit({ description: { data, samples, kinds } }: NamedRun): Promise<string | undefined> {
    const { source } = this.#tools
    const isHere = await source.hasSome(samples).catch((error: unknown) => messageOf(error)) // a bucket may be out of reach for a while
    if (typeof isHere === 'string') return isHere
    if (!isHere)
      return `Expected images of ${data} below --root ${source.path}, found none of them. Give the folder that holds the same images; waiting for that, or for another run.`
    if (kinds.some(({ needsVnni }) => needsVnni) && !hasVnni())
      return `Expected a CPU with VNNI for the int8 network of ${data}, found none on this machine. Run codes on it instead, or use float32; waiting for another run.`
    return undefined
  }

  /** Says why a run is left to others, once. */
  #leave(id: string, reason: string): undefined {
    if (this.#left.get(id) !== reason) this.#options.onNote?.(reason)
    this.#left.set(id, reason)
  }

  #count({ unreadable, kinds }: LeaseReport, files: number): void {
    const bad = new Set([...unreadable, ...kinds.flatMap(({ refused }) => refused)].map(({ at }) => at))
    this.#leases++
    this.#images += files - bad.size
    this.#refused += bad.size
    this.#rate.add(files - bad.size)
    this.#lastWork = performance.now()
  }
}
