import { errorCode, messageOf, UserError } from '../base/errors.js'
import type { Catalog } from './catalog.js'
import type { CodeArray, Dtype } from './dtype.js'
import type { CodeIdentity } from './fingerprint.js'
import { fingerprintOf } from './fingerprint.js'
import { cachePaths } from './paths.js'
import { publish } from './publish.js'

/** Codes that belong together: one batch of one dtype. */
export interface CodeBatch {
  /** sha256 of each image file in hex. */
  readonly images: readonly string[]
  /** The code's shape, channels last. */
  readonly shape: readonly number[]
  readonly dtype: Dtype
  /** [images, length]. */
  readonly codes: CodeArray
}

export interface ShardLimits {
  /** A shard closes when its codes reach this many bytes, default 64 MiB. */
  readonly bytes: number
  /** A shard closes this long after its first code, in milliseconds, default 60 s. */
  readonly milliseconds: number
}

export const defaultShardLimits: ShardLimits = { bytes: 64 * 2 ** 20, milliseconds: 60_000 }

/**
 * Collects codes and writes them as shards, each whole and then entered in the catalog in one transaction.
 *
 * Until a shard is closed its codes are only in memory: a crash loses at most those.
 */
export class ShardWriter {
  readonly #catalog: Catalog
  readonly #identity: CodeIdentity
  readonly #limits: ShardLimits
  readonly #pending = new Map<Dtype, { batches: CodeBatch[]; bytes: number; since: number }>()
  #writing: Promise<void> = Promise.resolve()
  #seconds = 0

  constructor(catalog: Catalog, identity: CodeIdentity, limits: ShardLimits = defaultShardLimits) {
    this.#catalog = catalog
    this.#identity = identity
    this.#limits = limits
  }

  /** Seconds spent on encoding, writing and entering shards. */
  get seconds(): number {
    return this.#seconds
  }

  /** Takes a batch; resolves when the writer is ready for more, rejects when a shard could not be written. */
  async add(batch: CodeBatch): Promise<void> {
    const open = this.#pending.get(batch.dtype) ?? { batches: [], bytes: 0, since: performance.now() }
    open.batches.push(batch)
    open.bytes += batch.codes.byteLength
    this.#pending.set(batch.dtype, open)
    const age = performance.now() - open.since
    if (open.bytes >= this.#limits.bytes || age >= this.#limits.milliseconds) await this.#closeShard(batch.dtype)
  }

  /** Closes the open shards at once. */
  async close(): Promise<void> {
    for (const dtype of [...this.#pending.keys()]) await this.#closeShard(dtype)
    await this.#writing
  }

  /** Has the open shard written after those before it, and waits for those. */
  async #closeShard(dtype: Dtype): Promise<void> {
    const open = this.#pending.get(dtype)
    if (!open) return
    this.#pending.delete(dtype)
    const before = this.#writing
    this.#writing = before.then(() => this.#write(dtype, open.batches))
    // The error is thrown at the next add or close; without this line it would count as unhandled until then.
    this.#writing.catch(() => undefined)
    await before
  }

  async #write(dtype: Dtype, batches: readonly CodeBatch[]): Promise<void> {
    const started = performance.now()
    const { encodeShard } = await import('./shard-file.js') // Arrow takes a tenth of a second to load
    const images = batches.flatMap((batch) => batch.images)
    const shape = batches[0]?.shape ?? []
    const content = encodeShard({
      identity: this.#identity,
      shape,
      dtype,
      images: Buffer.concat(images.map((image) => Buffer.from(image, 'hex'))),
      views: new Uint16Array(images.length),
      codes: concatenate(dtype, batches),
    })
    const folder = cachePaths(this.#catalog.cache).shards(fingerprintOf(this.#identity))
    try {
      const { digest, bytes } = await publish(folder, content, '.arrow')
      const rows = images.map((image) => ({ image: Buffer.from(image, 'hex'), view: 0 }))
      this.#catalog.codes.commit(this.#catalog.codes.add(this.#identity, shape).id, { digest, dtype, bytes, rows })
    } catch (error) {
      throw notWritten(folder, error)
    }
    this.#seconds += (performance.now() - started) / 1000
  }
}

/** A full or failing disk is the user's to mend; errors without a system's code are ours. */
function notWritten(folder: string, error: unknown): unknown {
  if (errorCode(error) === undefined) return error
  return new UserError(
    `Expected to write codes into ${folder}, but that failed: ${messageOf(error)}. See to room and permissions there and run the same command again; finished work is kept.`,
  )
}

function concatenate(dtype: Dtype, batches: readonly CodeBatch[]): CodeArray {
  const length = batches.reduce((sum, batch) => sum + batch.codes.length, 0)
  const all = dtype === 'float16' ? new Uint16Array(length) : new Float32Array(length)
  let at = 0
  for (const { codes } of batches) {
    all.set(codes, at)
    at += codes.length
  }
  return all
}
