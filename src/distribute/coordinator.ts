import { setTimeout } from 'node:timers/promises'
import type { Catalog } from '../cache/catalog.js'
import type { FileRecord } from '../cache/file-table.js'
import type { SharedStore } from '../cache/store/shared-store.js'
import type { Stock } from '../extract/take-stock.js'
import { isInSight, type Reported } from './enter-report.js'
import { isReport } from './is-report.js'
import { LeaseFeed } from './lease-feed.js'
import type { LeaseQueue } from './lease-queue.js'
import type { QueueCodesOptions } from './options.js'
import { ReportEntry } from './report-entry.js'
import type { RunBoard } from './run-board.js'
import type { NamedRun } from './run-description.js'
import { leasesAtOnce } from './run-on-worker.js'
import type { Tally } from './tally.js'

/** Images of a lease, unless told otherwise. */
const usualLease = 256

/** Workers that are reckoned with while fewer are there. */
const usualWorkers = 2

/** Leases in the queue at most: enough for many workers, and little memory. */
const backlog = 256

/** Reports that are entered in one transaction. */
const atOnce = 8

/** Milliseconds between two looks at the queue where nothing came. */
const interval = 100

/** Milliseconds between two looks for leases that a restarted Redis forgot, and for workers. */
const checkInterval = 3000

/** Milliseconds that a shard may take to be seen here, before its lease is given out again. */
const sightPatience = 90_000

export interface CoordinatorJob {
  readonly catalog: Catalog
  readonly store: SharedStore
  readonly stock: Stock
  readonly root: string
  readonly run: NamedRun
  readonly queue: LeaseQueue
  readonly board: RunBoard
  readonly options: QueueCodesOptions
  readonly tally: Tally
}

/** What the workers did. */
export interface Coordinated {
  /** Files of the run that were dealt with. */
  readonly done: number
  /** Files that nobody has told of. */
  readonly unreached: readonly FileRecord[]
  /** Leases left in the queue. */
  readonly leases: number
  readonly interrupted: boolean
}

/** Hands out leases and enters what workers report; it alone writes the catalog. */
export class Coordinator {
  readonly #job: CoordinatorJob
  readonly #entry: ReportEntry
  /** Leases that are in the queue, by name; a file of an earlier run's lease may be of no use any more. */
  readonly #out = new Map<string, readonly (FileRecord | undefined)[]>()
  /** Since when a report waits for a shard that is not in sight, milliseconds by performance.now(). */
  readonly #unseen = new Map<string, number>()
  /** Files of the run that were dealt with. */
  #done = 0
  #workers = 0
  #checked = 0

  constructor(job: CoordinatorJob) {
    this.#job = job
    const { catalog, store, stock, run, tally } = job
    this.#entry = new ReportEntry({ catalog, store, dataset: stock.dataset, kinds: run.description.kinds, tally })
  }

  /** Works until all is entered, or handed out where nobody waits for it, or the signal ends it. */
  async run(): Promise<Coordinated> {
    const { queue, options } = this.#job
    const { signal, lease: size = usualLease, detach = false } = options
    const pending = await this.#takeUp()
    await this.#check()
    const feed = new LeaseFeed({ ...this.#job, size, onKnown: (files) => this.#keepKnown(files) }, pending)
    let isFed = false
    const isDone = () => signal?.aborted || (isFed && (detach || this.#out.size === 0))
    while (!isDone()) {
      isFed ||= await this.#fill(feed, detach ? Number.POSITIVE_INFINITY : backlog)
      const entered = await this.#enter()
      await this.#check()
      this.#tell()
      if (entered === 0 && !isDone()) await setTimeout(interval, undefined, { signal }).catch(() => undefined)
    }
    if (signal?.aborted) await this.#stop()
    const { waiting, active, delayed, reported } = await queue.counts()
    const unreached = [...[...this.#out.values()].flatMap((files) => files.flatMap((file) => file ?? [])), ...feed.rest()]
    const leases = waiting + active + delayed + reported
    return { done: this.#done, unreached, leases, interrupted: signal?.aborted ?? false }
  }

  /** Goes on with what an earlier coordinator has handed out; returns the paths. */
  async #takeUp(): Promise<ReadonlySet<string>> {
    const { queue, stock } = this.#job
    const leases = await queue.all()
    const paths = new Set(leases.flatMap(({ files }) => files))
    const records = new Map(stock.todo.flatMap((file) => (paths.has(file.path) ? [[file.path, file] as const] : [])))
    for (const { name, files } of leases)
      this.#out.set(
        name,
        files.map((path) => records.get(path)),
      )
    return paths
  }

  /** Keeps enough leases in the queue; true when there are no more. */
  async #fill(feed: LeaseFeed, most: number): Promise<boolean> {
    const { queue, options } = this.#job
    while (this.#out.size < most && !options.signal?.aborted) {
      const files = await feed.next(leasesAtOnce * Math.max(this.#workers, usualWorkers))
      if (!files) return true
      this.#out.set(await queue.add(files.map(({ path }) => path)), files)
    }
    return false
  }

  /** Enters what was reported, in one transaction, and only then forgets the reports. */
  async #enter(): Promise<number> {
    const { queue, run, catalog, store } = this.#job
    const { kinds } = run.description
    const usable = new Map<string, Reported>()
    for (const { name, files: paths, report } of await queue.finished(atOnce)) {
      const files = this.#out.get(name) ?? paths.map(() => undefined)
      if (!isReport(report, { files: files.length, kinds: kinds.length })) await this.#again(name, paths)
      else if (isInSight({ catalog, store, kinds }, { files, report })) usable.set(name, { files, report })
      else if (this.#isLate(name)) await this.#again(name, paths)
    }
    this.#entry.enter([...usable.values()])
    for (const [name, { files }] of usable) {
      this.#done += files.filter((file) => file !== undefined).length
      await queue.remove(name)
      this.#out.delete(name)
      this.#unseen.delete(name)
    }
    return usable.size
  }

  /** Whether a report has waited for its shard for so long that the shard is lost. */
  #isLate(name: string): boolean {
    const since = this.#unseen.get(name) ?? performance.now()
    this.#unseen.set(name, since)
    return performance.now() - since > sightPatience
  }

  /** Gives a lease out again whose report is of no use. */
  async #again(name: string, paths: readonly string[]): Promise<void> {
    await this.#job.queue.remove(name)
    this.#unseen.delete(name)
    await this.#job.queue.add(paths)
  }

  /** Looks from time to time for leases that a restarted Redis forgot, and who is at work. */
  async #check(): Promise<void> {
    if (performance.now() - this.#checked < checkInterval) return
    this.#checked = performance.now()
    const { queue, board, run } = this.#job
    const { waiting, active, delayed, reported } = await queue.counts()
    if (waiting + active + delayed + reported < this.#out.size) {
      await board.open(run)
      for (const name of await queue.lost([...this.#out.keys()])) {
        const files = (this.#out.get(name) ?? []).flatMap((file) => file ?? [])
        this.#out.delete(name)
        if (files.length > 0) this.#out.set(await queue.add(files.map(({ path }) => path)), files)
      }
    }
    this.#workers = (await board.workers()).length
  }

  /** Takes back what nobody has begun, and enters what is reported. */
  async #stop(): Promise<void> {
    await this.#job.queue.takeBack()
    let entered: number
    do entered = await this.#enter()
    while (entered > 0)
  }

  #keepKnown(files: readonly FileRecord[]): void {
    this.#job.catalog.files.keepFiles(this.#job.stock.dataset, files)
    this.#done += files.length
  }

  #tell(): void {
    const { stock, options, tally } = this.#job
    const rate = tally.rate.lately()
    const left = stock.todo.length - this.#done
    options.onQueue?.({
      done: stock.selected.length - left,
      total: stock.selected.length,
      computed: tally.images,
      quarantined: tally.refused,
      elsewhere: 0,
      rate,
      secondsLeft: rate > 0 ? left / rate : undefined,
      workers: this.#workers,
    })
  }
}
