import { join } from 'node:path'
import PQueue from 'p-queue'
import type { Dtype } from '../cache/dtype.js'
import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import type { ShardWriter } from '../cache/shard-writer.js'
import { BadImage } from '../images/bad-image.js'
import { type LoadedFile, loadFile } from './load-file.js'
import type { ExtractProgress } from './options.js'
import type { WorkerPool } from './worker-pool.js'

/** What is to be computed. */
export interface StreamJob {
  readonly root: string
  /** Files that were never read, or whose code is missing. */
  readonly todo: readonly FileRecord[]
  /** Files of the run, for the progress. */
  readonly total: number
  /** Images (sha256 in hex) that have a code. */
  readonly have: ReadonlySet<string>
  readonly exclude: ReadonlySet<string> | undefined
  readonly writer: ShardWriter
  readonly dtype: Dtype
  readonly batch: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: ExtractProgress) => void) | undefined
}

export interface StreamOutcome {
  /** Of `todo`, how many were dealt with. */
  readonly done: number
  readonly computed: number
  readonly quarantine: readonly QuarantineRecord[]
  /** Files that were read, with their hash, by path. */
  readonly read: ReadonlyMap<string, FileRecord>
  /** float32 from the batch on where a value did not fit into float16. */
  readonly dtype: Dtype
  readonly shares: { readonly decode: number; readonly forward: number; readonly write: number }
  readonly interrupted: boolean
}

/**
 * Reads files in order, codes the images that have no code yet, and writes them. Reading, decoding and computing run side
 * by side; at most two batches a thread are in memory beside the one that is being read.
 *
 * @param startPool starts the threads, when the first image needs them.
 */
export async function streamCodes(job: StreamJob, startPool: () => Promise<WorkerPool>): Promise<StreamOutcome> {
  return new CodeStream(job).run(startPool)
}

class CodeStream {
  readonly #job: StreamJob
  readonly #claimed = new Set<string>()
  readonly #read = new Map<string, FileRecord>()
  readonly #unreadable: QuarantineRecord[] = []
  /** Why the image with this hash gave no code. */
  readonly #refused = new Map<string, Pick<QuarantineRecord, 'cause' | 'reason'>>()
  readonly #batches = new PQueue()
  #pool: Promise<WorkerPool> | undefined
  #dtype: Dtype
  #done = 0
  #computed = 0
  #forward = 0
  #startedComputing = 0
  #failure: unknown

  constructor(job: StreamJob) {
    this.#job = job
    this.#dtype = job.dtype
  }

  async run(startPool: () => Promise<WorkerPool>): Promise<StreamOutcome> {
    const before = process.cpuUsage()
    const fail = (error: unknown) => {
      this.#failure ??= error
    }
    // Whatever happened, what is computed is written, and the threads end.
    await this.#feed(startPool).catch(fail)
    await this.#batches.onIdle()
    await this.#job.writer.close().catch(fail)
    await (await this.#pool?.catch(() => undefined))?.close()
    if (this.#failure) throw this.#failure
    const { user, system } = process.cpuUsage(before)
    return {
      done: this.#done,
      computed: this.#computed,
      quarantine: this.#quarantine(),
      read: this.#read,
      dtype: this.#dtype,
      shares: shares((user + system) / 1e6, this.#forward, this.#job.writer.seconds),
      interrupted: this.#job.signal?.aborted ?? false,
    }
  }

  /** Reads the files in order and hands on full batches, waiting while enough of them are under way. */
  async #feed(startPool: () => Promise<WorkerPool>): Promise<void> {
    const { todo, batch } = this.#job
    let pending: LoadedFile[] = []
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
  async #load(file: FileRecord): Promise<LoadedFile | undefined> {
    const { root, have, exclude } = this.#job
    try {
      const loaded = await loadFile(join(root, file.path))
      const { image, stamp, hashed } = loaded
      this.#read.set(file.path, { ...file, image, stamp, hashed })
      if (!have.has(image) && !this.#claimed.has(image) && !exclude?.has(image)) {
        this.#claimed.add(image)
        return loaded
      }
    } catch (error) {
      if (!(error instanceof BadImage)) throw error
      this.#unreadable.push({ path: file.path, cause: error.code, reason: error.message, stamp: undefined })
    }
    this.#advance(1)
    return undefined
  }

  async #submit(images: readonly LoadedFile[], startPool: () => Promise<WorkerPool>): Promise<void> {
    this.#pool ??= startPool()
    const pool = await this.#pool
    this.#startedComputing ||= performance.now()
    this.#batches.concurrency = 2 * pool.size
    await this.#batches.onSizeLessThan(1)
    this.#batches
      .add(() => this.#code(images, pool))
      .catch((error: unknown) => {
        this.#failure ??= error
      })
  }

  async #code(images: readonly LoadedFile[], pool: WorkerPool): Promise<void> {
    if (this.#stopped) return
    const result = await pool.code(
      images.map(({ bytes }) => bytes),
      this.#dtype,
    )
    if (result.dtype === 'float32') this.#dtype = 'float32'
    this.#forward += result.forward
    for (const { at, cause, reason } of result.refused) {
      this.#refused.set(images[at]?.image ?? '', { cause, reason })
    }
    const refused = new Set(result.refused.map(({ at }) => at))
    const coded = images.filter((_, at) => !refused.has(at)).map(({ image }) => image)
    if (coded.length > 0) await this.#job.writer.add({ images: coded, shape: result.shape, dtype: result.dtype, codes: result.codes })
    this.#computed += coded.length
    this.#advance(images.length)
  }

  /** Every file that gave no code: copies of a bad image as well as the first one. */
  #quarantine(): QuarantineRecord[] {
    const bad = [...this.#read.values()].flatMap(({ path, stamp, image }) => {
      const refusal = this.#refused.get(image ?? '')
      return refusal ? [{ path, stamp, ...refusal }] : []
    })
    return [...this.#unreadable, ...bad]
  }

  #advance(images: number): void {
    this.#done += images
    const { total, todo, onProgress } = this.#job
    const seconds = this.#startedComputing === 0 ? 0 : (performance.now() - this.#startedComputing) / 1000
    const rate = seconds > 0 ? this.#computed / seconds : 0
    const secondsLeft = this.#computed > 0 ? ((todo.length - this.#done) * seconds) / this.#done : undefined
    onProgress?.({
      done: total - todo.length + this.#done,
      total,
      computed: this.#computed,
      quarantined: this.#unreadable.length + this.#refused.size,
      rate,
      secondsLeft,
    })
  }
}

/** Shares of the CPU time: what is neither forward pass nor writing is reading, decoding and resizing. */
function shares(cpu: number, forward: number, write: number): StreamOutcome['shares'] {
  const decode = Math.max(0, cpu - forward - write)
  const all = decode + forward + write
  return all === 0 ? { decode: 0, forward: 0, write: 0 } : { decode: decode / all, forward: forward / all, write: write / all }
}
