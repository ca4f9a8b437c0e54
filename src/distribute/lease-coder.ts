import PQueue from 'p-queue'
import { clauseOf } from '../base/errors.js'
import type { SharedStore } from '../cache/store/shared-store.js'
import type { EngineInfo } from '../engine/engine-info.js'
import type { ImageLeases } from '../extract/image-claims.js'
import type { KnownCodes } from '../extract/known-codes.js'
import type { LoadedFile } from '../extract/load-file.js'
import type { LoadImage } from '../extract/read-log.js'
import { streamCodes } from '../extract/stream-codes.js'
import type { StreamOutcome } from '../extract/stream-job.js'
import type { CodePool } from '../extract/worker-pool.js'
import type { LeaseReport, RefusedFile } from './lease.js'
import { LeaseCodes } from './lease-codes.js'
import { type FailedTries, type LeaseTries, mostTries } from './lease-tries.js'
import type { RunDescription } from './run-description.js'

/** The threads of a run on this machine, and what each kind runs on. */
export interface RunPool {
  readonly pool: CodePool
  readonly on: readonly EngineInfo[]
  /** Images of a batch. */
  readonly batch: number
}

/** What codes leases. */
export interface LeaseCoderOptions extends RunPool {
  readonly run: RunDescription
  readonly load: LoadImage
  readonly store: SharedStore
}

/** Nobody else computes these images: the queue gives each lease to one worker. */
const ownLeases: ImageLeases = { take: (_, images) => new Set(images), isElsewhere: () => () => false, release: () => undefined }

/** The coordinator has asked for what is missing. */
const allMissing: KnownCodes = { has: () => false, refused: new Map(), standing: () => 'open', isBad: () => false }

/**
 * Codes leases of one run. Only one has the threads at a time: two that took turns would hold the codes of both in memory, come to their
 * ends together and leave the threads idle while both are published; and a death would put both under suspicion.
 */
export class LeaseCoder {
  readonly #options: LeaseCoderOptions
  readonly #turns = new PQueue({ concurrency: 1 })

  constructor(options: LeaseCoderOptions) {
    this.#options = options
  }

  /**
   * Reads, decodes and codes the files of a lease and puts their shards into the store.
   *
   * @throws what kept the whole of it from being done; nothing is reported then, and the lease is to be tried again.
   */
  async code(files: readonly string[], tries: LeaseTries): Promise<LeaseReport> {
    const work = await this.#turns.add(() => this.#stream(files, tries))
    const report = await work.report()
    await tries.end()
    return report
  }

  async #stream(files: readonly string[], tries: LeaseTries): Promise<LeaseWork> {
    const work = new LeaseWork(files, this.#options)
    const { mode, failed } = await tries.begin()
    if (mode === 'at once') await work.stream(files.map((_, at) => at))
    else await this.#oneByOne(work, { files, tries, failed })
    // From here on it is the store that may fail, and no image.
    await tries.innocent(mode)
    return work
  }

  async #oneByOne(work: LeaseWork, { files, tries, failed }: Retry): Promise<void> {
    for (const at of files.keys()) {
      const before = failed.get(at)
      if (before && before.tries >= mostTries) work.giveUp(at, before)
      else {
        await tries.trying(at)
        await work.stream([at]).catch(async (error: unknown) => {
          await tries.say(at, clauseOf(error))
          throw error
        })
      }
    }
  }
}

interface Retry {
  readonly files: readonly string[]
  readonly tries: LeaseTries
  readonly failed: ReadonlyMap<number, FailedTries>
}

/** One try of a lease. */
class LeaseWork {
  readonly #files: readonly string[]
  readonly #options: LeaseCoderOptions
  /** Position of the first file with each image, by sha256 in hex. */
  readonly #positions = new Map<string, number>()
  readonly #loaded: (Omit<LoadedFile, 'bytes'> | undefined)[]
  readonly #codes: readonly LeaseCodes[]
  readonly #outcomes: StreamOutcome[] = []
  readonly #given: RefusedFile[] = []

  constructor(files: readonly string[], options: LeaseCoderOptions) {
    this.#files = files
    this.#options = options
    this.#loaded = files.map(() => undefined)
    this.#codes = options.run.kinds.map(() => new LeaseCodes(this.#positions, files.length))
  }

  /** @throws what kept the files at these positions from being coded. */
  async stream(positions: readonly number[]): Promise<void> {
    const { run, pool, batch } = this.#options
    const at = new Map(positions.map((position) => [this.#files[position] ?? '', position]))
    const todo = positions.map((position) => ({ path: this.#files[position] ?? '', label: '', part: undefined, ...unread }))
    const outcome = await streamCodes(
      {
        load: (path) => this.#load(path, at.get(path) ?? 0),
        todo,
        total: todo.length,
        exclude: new Set(run.exclude),
        targets: run.kinds.map(({ fingerprint }, which) => {
          const writer = this.#codes[which]
          if (!writer) throw new Error(`Expected a place for the codes of ${fingerprint}`)
          return { fingerprint, known: allMissing, dtype: run.dtype, writer, onRefused: () => undefined }
        }),
        leases: ownLeases,
        batch,
        signal: undefined,
        onProgress: undefined,
        onRead: () => undefined,
      },
      async () => pool,
    )
    if (outcome.failure !== undefined) throw outcome.failure
    this.#outcomes.push(outcome)
  }

  giveUp(at: number, { tries, reason }: FailedTries): void {
    const found = reason === undefined ? 'each time the worker came to a sudden end' : `the last time: ${reason}`
    this.#given.push({ at, cause: 'poison', reason: `It was tried ${tries} times; ${found}.` })
  }

  /** Publishes the codes, and tells of everything. */
  async report(): Promise<LeaseReport> {
    const { run, store, on } = this.#options
    const kinds = []
    for (const [which, { fingerprint, identity }] of run.kinds.entries()) {
      const info = on[which]
      if (!info) throw new Error(`Expected to know what ${fingerprint} runs on`)
      const shards = (await this.#codes[which]?.publish(store, { fingerprint, identity, made: { ...info } })) ?? []
      const of = this.#outcomes.flatMap(({ targets }) => targets[which] ?? [])
      const held = of.flatMap(({ heldBatch }) => heldBatch ?? [])
      kinds.push({
        shards,
        refused: this.#refused(new Map(of.flatMap(({ refused }) => [...refused]))),
        forward: of.reduce((sum, { forward }) => sum + forward, 0),
        heldBatch: held.length > 0 ? Math.min(...held) : undefined,
        on: info,
      })
    }
    return {
      images: Buffer.from(this.#loaded.map((file) => file?.image ?? '0'.repeat(64)).join(''), 'hex').toString('base64'),
      stamps: this.#loaded.map((file) => file?.stamp ?? ''),
      hashed: Math.min(...this.#loaded.flatMap((file) => file?.hashed ?? []), Date.now()),
      unreadable: [...this.#unreadable(), ...this.#given],
      kinds,
    }
  }

  async #load(path: string, at: number): Promise<LoadedFile> {
    const loaded = await this.#options.load(path)
    const { bytes: _, ...known } = loaded
    this.#loaded[at] = known
    if (!this.#positions.has(loaded.image)) this.#positions.set(loaded.image, at)
    return loaded
  }

  /** Every file with a refused image, copies as well. */
  #refused(by: ReadonlyMap<string, { readonly cause: string; readonly reason: string }>): RefusedFile[] {
    return this.#loaded.flatMap((file, at) => {
      const refusal = by.get(file?.image ?? '')
      return refusal ? { at, ...refusal } : []
    })
  }

  #unreadable(): RefusedFile[] {
    const positions = new Map(this.#files.map((path, at) => [path, at]))
    return this.#outcomes.flatMap(({ unreadable }) =>
      unreadable.map(({ path, cause, reason }) => ({ at: positions.get(path) ?? 0, cause, reason })),
    )
  }
}

const unread = { stamp: undefined, hashed: undefined, image: undefined }
