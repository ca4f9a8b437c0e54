import type { Catalog } from './catalog.js'
import type { Dtype } from './dtype.js'
import type { CodeIdentity, Json } from './fingerprint.js'
import { type CodeBatch, OpenShard } from './open-shard.js'
import { writeShard } from './write-shard.js'
import { writingError } from './writing-error.js'

export interface ShardLimits {
  /** A shard closes when its codes reach this many bytes, default 64 MiB. */
  readonly bytes: number
  /** A shard closes this long after its first code, in milliseconds, default 60 s. */
  readonly milliseconds: number
}

export const defaultShardLimits: ShardLimits = { bytes: 64 * 2 ** 20, milliseconds: 60_000 }

export interface ShardWriterOptions {
  readonly limits?: ShardLimits | undefined
  /** What computes the codes, asked for when the first ones are written. */
  readonly made?: (() => Promise<Json | undefined>) | undefined
}

/**
 * Collects codes and writes them as shards, each whole and then entered in the catalog in one transaction.
 *
 * Until a shard is closed its codes are only in memory: a crash loses at most those.
 */
export class ShardWriter {
  readonly #catalog: Catalog
  readonly #identity: CodeIdentity
  readonly #limits: ShardLimits
  readonly #made: ShardWriterOptions['made']
  readonly #open = new Map<Dtype, OpenShard>()
  /** Memory of shards that are written, to be used again: fresh memory costs as much as the copy into it. */
  readonly #spare: OpenShard[] = []
  #writing: Promise<void> = Promise.resolve()
  #seconds = 0
  #written = { shards: 0, rows: 0 }

  constructor(catalog: Catalog, identity: CodeIdentity, { limits = defaultShardLimits, made }: ShardWriterOptions = {}) {
    this.#catalog = catalog
    this.#identity = identity
    this.#limits = limits
    this.#made = made
  }

  /** Seconds spent on encoding, writing and entering shards. */
  get seconds(): number {
    return this.#seconds
  }

  /** What was entered so far: shards, and those of their rows that are new. */
  get written(): { readonly shards: number; readonly rows: number } {
    return this.#written
  }

  /** Takes a copy of a batch; resolves when the writer is ready for more, rejects when a shard could not be written. */
  async add(batch: CodeBatch): Promise<void> {
    const open = this.#open.get(batch.dtype) ?? this.#begin(batch)
    open.add(batch)
    if (open.bytes >= this.#limits.bytes || open.age >= this.#limits.milliseconds) await this.#closeShard(batch.dtype)
  }

  /** Closes the open shards at once. */
  async close(): Promise<void> {
    for (const dtype of [...this.#open.keys()]) await this.#closeShard(dtype)
    await this.#writing
  }

  #begin({ dtype }: CodeBatch): OpenShard {
    const at = this.#spare.findIndex((spare) => spare.dtype === dtype)
    const open = this.#spare.splice(at, at < 0 ? 0 : 1)[0] ?? new OpenShard(dtype, this.#limits.bytes)
    this.#open.set(dtype, open)
    return open
  }

  /** Has the open shard written after those before it, and waits for those. */
  async #closeShard(dtype: Dtype): Promise<void> {
    const open = this.#open.get(dtype)
    if (!open) return
    this.#open.delete(dtype)
    const before = this.#writing
    this.#writing = before.then(() => this.#write(open))
    // The error is thrown at the next add or close; without this line it would count as unhandled until then.
    this.#writing.catch(() => undefined)
    await before
  }

  async #write(open: OpenShard): Promise<void> {
    const started = performance.now()
    const { images, shape, dtype, codes } = open
    const views = new Uint16Array(images.length)
    const rows = Buffer.from(images.join(''), 'hex')
    try {
      const content = { identity: this.#identity, made: await this.#made?.(), shape, dtype, images: rows, views, codes }
      const { was, rows: entered } = await writeShard(this.#catalog, content)
      this.#written = { shards: this.#written.shards + (was === 'new' ? 1 : 0), rows: this.#written.rows + entered }
    } catch (error) {
      throw writingError(this.#catalog.cache, error)
    }
    open.clear()
    this.#spare.push(open)
    this.#seconds += (performance.now() - started) / 1000
  }
}
