import { join } from 'node:path'
import PQueue from 'p-queue'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import { BadImage } from '../images/bad-image.js'
import { type LoadedFile, loadFile } from './load-file.js'
import type { BatchResult, Wanted } from './messages.js'
import type { ExtractProgress, StageThreads } from './options.js'
import { StreamClock } from './stream-clock.js'
import { type StreamTarget, type TargetOutcome, TargetStream } from './target-stream.js'
import type { Bound } from './what-bounds.js'
import type { WorkerPool } from './worker-pool.js'

/** What is to be computed. */
export interface StreamJob {
  readonly root: string
  /** Files that were never read, or of whose codes one is missing. */
  readonly todo: readonly FileRecord[]
  /** Files of the run, for the progress. */
  readonly total: number
  readonly exclude: ReadonlySet<string> | undefined
  readonly targets: readonly StreamTarget[]
  readonly batch: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: ExtractProgress) => void) | undefined
}

export interface StreamOutcome {
  /** Of `todo`, how many were dealt with. */
  readonly done: number
  /** Images of which at least one code was computed. */
  readonly computed: number
  /** Files that could not be read. */
  readonly unreadable: readonly QuarantineRecord[]
  /** Files that were read, with their hash, by path. */
  readonly read: ReadonlyMap<string, FileRecord>
  readonly targets: readonly TargetOutcome[]
  readonly shares: { readonly decode: number; readonly forward: number; readonly write: number }
  /** undefined where nothing was computed. */
  readonly bound: Bound | undefined
  /** Threads of each stage. */
  readonly threads: StageThreads | undefined
  readonly interrupted: boolean
}

/** An image that is to be computed, and for which targets. */
interface Claimed extends LoadedFile {
  readonly claims: readonly boolean[]
}

/**
 * Reads files in order, codes the images of which a code is missing, and writes the codes. Reading, decoding and computing
 * run side by side; at most two batches a thread are in memory beside the one that is being read.
 *
 * @param startPool gives the threads, when the first image needs them; they are not closed.
 */
export async function streamCodes(job: StreamJob, startPool: () => Promise<WorkerPool>): Promise<StreamOutcome> {
  return new CodeStream(job).run(startPool)
}

class CodeStream {
  readonly #job: StreamJob
  readonly #targets: readonly TargetStream[]
  readonly #read = new Map<string, FileRecord>()
  readonly #unreadable: QuarantineRecord[] = []
  readonly #batches = new PQueue()
  readonly #clock = new StreamClock()
  #pool: Promise<WorkerPool> | undefined
  #done = 0
  #computed = 0
  #failure: unknown

  constructor(job: StreamJob) {
    this.#job = job
    this.#targets = job.targets.map((target) => new TargetStream(target))
  }

  async run(startPool: () => Promise<WorkerPool>): Promise<StreamOutcome> {
    const fail = (error: unknown) => {
      this.#failure ??= error
    }
    // Whatever happened, what is computed is written.
    await this.#feed(startPool).catch(fail)
    await this.#batches.onIdle()
    this.#clock.change({ writes: 1 })
    for (const { writer } of this.#job.targets) await writer.close().catch(fail)
    if (this.#failure) throw this.#failure
    const targets = this.#targets.map(({ outcome }) => outcome)
    const forward = targets.reduce((sum, target) => sum + target.forward, 0)
    const write = this.#job.targets.reduce((sum, { writer }) => sum + writer.seconds, 0)
    return {
      done: this.#done,
      computed: this.#computed,
      unreadable: this.#unreadable,
      read: this.#read,
      targets,
      shares: this.#clock.shares({ forward, write }),
      ...this.#clock.stages(),
      interrupted: this.#job.signal?.aborted ?? false,
    }
  }

  /** Reads the files in order and hands on full batches, waiting while enough of them are under way. */
  async #feed(startPool: () => Promise<WorkerPool>): Promise<void> {
    const { todo, batch } = this.#job
    let pending: Claimed[] = []
    for (let from = 0; from < todo.length && !this.#stopped; from += batch) {
      const loaded = await Promise.all(todo.slice(from, from + batch).map((file) => this.#load(file)))
      pending.push(...loaded.flatMap((image) => image ?? []))
      const last = from + batch >= todo.length
      while (pending.length >= batch || (last && pending.length > 0)) {
        const images = pending.slice(0, batch)
        pending = pending.slice(batch)
        await this.#submit(images, startPool)
      }
    }
  }

  get #stopped(): boolean {
    return this.#failure !== undefined || (this.#job.signal?.aborted ?? false)
  }

  /** Reads a file; returns it when its image is to be computed for this file. */
  async #load(file: FileRecord): Promise<Claimed | undefined> {
    const { root, exclude } = this.#job
    try {
      const loaded = await loadFile(join(root, file.path))
      const { image, stamp, hashed } = loaded
      this.#read.set(file.path, { ...file, image, stamp, hashed })
      const claims = this.#targets.map((target) => !exclude?.has(image) && target.claim(file, image))
      if (claims.includes(true)) return { ...loaded, claims }
    } catch (error) {
      if (!(error instanceof BadImage)) throw error
      this.#unreadable.push({ path: file.path, cause: error.code, reason: error.message, stamp: undefined })
    }
    this.#advance(1)
    return undefined
  }

  async #submit(images: readonly Claimed[], startPool: () => Promise<WorkerPool>): Promise<void> {
    this.#pool ??= startPool()
    const pool = await this.#pool
    this.#clock.begin(pool)
    this.#batches.concurrency = 2 * pool.size
    await this.#batches.onSizeLessThan(1)
    this.#batches
      .add(() => this.#code(images, pool))
      .catch((error: unknown) => {
        this.#failure ??= error
      })
  }

  async #code(images: readonly Claimed[], pool: WorkerPool): Promise<void> {
    if (this.#stopped) return
    const wanted = this.#targets.map((target, which) => target.wanted(images.map(({ claims }) => claims[which] ?? false)))
    const result = await this.#withThreads(pool, images, wanted)
    const coded = new Set<number>()
    for (const [which, target] of this.#targets.entries()) {
      const [one, codes] = [wanted[which], result.results[which]]
      if (!one || !codes) throw new Error(`Expected a result of network ${which}`)
      await target.take(images, one, codes)
      const bad = new Set(codes.refused.map(({ at }) => at))
      for (const at of one.images) if (!bad.has(at)) coded.add(at)
    }
    pool.recycle(result)
    this.#clock.change({ writes: -1 })
    this.#computed += coded.size
    this.#advance(images.length)
  }

  /** Has the threads code a batch; from then on it counts as being written. */
  async #withThreads(pool: WorkerPool, images: readonly Claimed[], wanted: readonly Wanted[]): Promise<BatchResult> {
    this.#clock.change({ busy: 1 })
    const bytes = images.map((image) => image.bytes)
    const result = await pool.code(bytes, wanted).finally(() => this.#clock.change({ busy: -1, writes: 1 }))
    this.#clock.ran(result.seconds.forward)
    return result
  }

  #advance(images: number): void {
    this.#done += images
    const { total, todo, onProgress } = this.#job
    const seconds = this.#clock.computing
    const rate = seconds > 0 ? this.#computed / seconds : 0
    const secondsLeft = this.#computed > 0 ? ((todo.length - this.#done) * seconds) / this.#done : undefined
    onProgress?.({
      done: total - todo.length + this.#done,
      total,
      computed: this.#computed,
      quarantined: this.#unreadable.length + new Set(this.#targets.flatMap(({ outcome }) => [...outcome.refused.keys()])).size,
      rate,
      secondsLeft,
    })
  }
}
