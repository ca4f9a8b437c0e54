import PQueue from 'p-queue'
import type { FileRecord } from '../cache/file-table.js'
import { DeferredFiles } from './deferred-files.js'
import { ImageClaims, type ReadFile } from './image-claims.js'
import type { BatchResult, Wanted } from './messages.js'
import { ReadLog } from './read-log.js'
import { StreamClock } from './stream-clock.js'
import type { StreamJob, StreamOutcome } from './stream-job.js'
import { TargetStream } from './target-stream.js'
import type { CodePool } from './worker-pool.js'

/** An image that is to be computed, and for which targets. */
interface Claimed extends ReadFile {
  readonly ours: readonly boolean[]
}

/**
 * Reads files in order, codes the images of which a code is missing, and writes the codes. Reading, decoding and computing
 * run side by side; at most two batches a thread are in memory beside the one that is being read. Whatever happens, what is
 * computed is written, and what was read is told.
 *
 * @param startPool gives the threads, when the first image needs them; they are not closed.
 */
export async function streamCodes(job: StreamJob, startPool: () => Promise<CodePool>): Promise<StreamOutcome> {
  return new CodeStream(job).run(startPool)
}

class CodeStream {
  readonly #job: StreamJob
  readonly #targets: readonly TargetStream[]
  readonly #log: ReadLog
  readonly #batches = new PQueue()
  readonly #clock = new StreamClock()
  readonly #claims: ImageClaims
  readonly #deferred: DeferredFiles
  /** Paths of files that come up once more, because another process computes one of their codes and this one another. */
  readonly #again = new Set<string>()
  #pool: Promise<CodePool> | undefined
  #done = 0
  #computed = 0
  #failure: unknown

  constructor(job: StreamJob) {
    this.#job = job
    this.#targets = job.targets.map((target) => new TargetStream(target))
    this.#log = new ReadLog(job.load, job.onRead)
    this.#claims = new ImageClaims(this.#targets, job.leases, job.exclude)
    this.#deferred = new DeferredFiles(this.#claims)
  }

  async run(startPool: () => Promise<CodePool>): Promise<StreamOutcome> {
    const fail = (error: unknown) => {
      this.#failure ??= error
    }
    // Whatever happened, what is computed is written.
    await this.#feed(this.#job.todo, startPool).catch(fail)
    await this.#finishBatches().catch(fail)
    await this.#feedDeferred(startPool).catch(fail)
    const targets = this.#targets.map(({ outcome }) => outcome)
    const forward = targets.reduce((sum, target) => sum + target.forward, 0)
    const write = this.#job.targets.reduce((sum, { writer }) => sum + writer.seconds, 0)
    return {
      done: this.#done,
      computed: this.#computed,
      unreadable: this.#log.unreadable,
      read: this.#log.read,
      targets,
      shares: this.#clock.shares({ forward, write }),
      ...this.#clock.stages(),
      interrupted: this.#job.signal?.aborted ?? false,
      failure: this.#failure,
    }
  }

  /** Reads files in order and hands on full batches, waiting while enough of them are under way. */
  async #feed(files: readonly FileRecord[], startPool: () => Promise<CodePool>): Promise<void> {
    const { batch } = this.#job
    let pending: Claimed[] = []
    for (let from = 0; from < files.length && !this.#stopped; from += batch) {
      const read = await Promise.all(files.slice(from, from + batch).map((file) => this.#load(file)))
      pending.push(...this.#claim(read.flatMap((one) => one ?? [])))
      const last = from + batch >= files.length
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

  async #load(file: FileRecord): Promise<ReadFile | undefined> {
    const read = await this.#log.load(file)
    if (!read) this.#finish([file])
    return read
  }

  /** The images of some files that are to be computed here; the others are done, or somebody else computes them. */
  #claim(files: readonly ReadFile[]): Claimed[] {
    const claims = this.#claims.take(files)
    return files.flatMap((read, at) => {
      const { ours = [], elsewhere = false } = claims[at] ?? {}
      const isOurs = ours.includes(true)
      if (elsewhere) this.#deferred.add(read)
      if (elsewhere && isOurs) this.#again.add(read.file.path)
      if (!elsewhere && !isOurs) this.#finish([read.file])
      return isOurs ? { ...read, ours } : []
    })
  }

  /** Waits for what other processes compute, and computes what they leave. */
  async #feedDeferred(startPool: () => Promise<CodePool>): Promise<void> {
    while (this.#deferred.size > 0 && !this.#stopped) {
      const { done, free } = this.#deferred.look()
      this.#finish(done)
      await this.#feed(free, startPool)
      await this.#finishBatches() // what is ready must not wait here for others, who may wait for it
      if (free.length === 0 && this.#deferred.size > 0) await this.#deferred.rest(this.#job.signal)
    }
  }

  /** Has everything written that is computed. */
  async #finishBatches(): Promise<void> {
    await this.#batches.onIdle()
    this.#clock.change({ writes: 1 })
    const fail = (error: unknown) => {
      this.#failure ??= error
    }
    for (const { writer } of this.#job.targets) await writer.close().catch(fail)
    this.#clock.change({ writes: -1 })
  }

  async #submit(images: readonly Claimed[], startPool: () => Promise<CodePool>): Promise<void> {
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

  async #code(images: readonly Claimed[], pool: CodePool): Promise<void> {
    if (this.#stopped) return
    const wanted = this.#targets.map((target, which) => target.wanted(images.map(({ ours }) => ours[which] ?? false)))
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
    this.#finish(images.map(({ file }) => file))
  }

  /** Has the threads code a batch; from then on it counts as being written. */
  async #withThreads(pool: CodePool, images: readonly Claimed[], wanted: readonly Wanted[]): Promise<BatchResult> {
    this.#clock.change({ busy: 1 })
    const bytes = images.map((image) => image.bytes)
    const result = await pool.code(bytes, wanted).finally(() => this.#clock.change({ busy: -1, writes: 1 }))
    this.#clock.ran(result.seconds.forward)
    return result
  }

  /** Counts files as dealt with, each once. */
  #finish(files: readonly FileRecord[]): void {
    this.#done += files.filter(({ path }) => !this.#again.delete(path)).length
    const { total, todo, onProgress } = this.#job
    const seconds = this.#clock.computing
    const rate = seconds > 0 ? this.#computed / seconds : 0
    const left = todo.length - this.#done - this.#deferred.size
    const secondsLeft = this.#computed > 0 ? (left * seconds) / this.#done : undefined
    onProgress?.({
      done: total - todo.length + this.#done,
      total,
      computed: this.#computed,
      quarantined: this.#log.unreadable.length + new Set(this.#targets.flatMap(({ outcome }) => [...outcome.refused.keys()])).size,
      elsewhere: this.#deferred.size,
      rate,
      secondsLeft,
    })
  }
}
