import { closeSync, openSync, readSync } from 'node:fs'
import { clauseOf, errorCode } from '../base/errors.js'
import { product } from '../base/product.js'
import type { Catalog } from '../cache/catalog.js'
import type { CodeArray, Dtype } from '../cache/dtype.js'
import type { ShardFacts } from '../cache/verify/scope.js'
import type { EngineInfo } from '../engine/engine-info.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import { type Comparison, compareCodes, isSameMachine } from './compare-codes.js'
import { repeatTarget } from './repeat-target.js'
import { Uncheckable } from './uncheckable.js'
import { WorkerPool } from './worker-pool.js'
import { type CrewOptions, workerSetup } from './worker-setup.js'

export interface RecomputerOptions extends CrewOptions {
  /** Digest of the codes' fingerprint. */
  readonly fingerprint: string
  readonly signal: AbortSignal | undefined
}

/** Where a code is kept. */
export interface StoredCode {
  /** Path of its shard, which was found whole. */
  readonly path: string
  readonly facts: ShardFacts
  readonly row: number
  readonly dtype: Dtype
}

/** The numbers of a code, float32 where float16 was wanted and does not hold them; or why the image gives none, as a sentence. */
export type ComputedCode = { readonly codes: CodeArray } | { readonly refused: string }

/** Computes codes of one fingerprint again; its network is loaded with the first of them. The caller closes it. */
export class Recomputer {
  readonly #catalog: Catalog
  readonly #options: RecomputerOptions
  readonly #float16 = createFloat16(createKernels())
  #crew: Promise<{ readonly pool: WorkerPool; readonly on: EngineInfo }> | undefined

  constructor(catalog: Catalog, options: RecomputerOptions) {
    this.#catalog = catalog
    this.#options = options
  }

  /**
   * Computes the code of an image file's bytes and compares it with the one that is kept.
   *
   * @throws Uncheckable where the network cannot be had again, or takes the image no more.
   */
  async compare(image: Uint8Array, { path, facts, row, dtype }: StoredCode): Promise<Comparison> {
    const computed = await this.code(image, dtype)
    if ('refused' in computed) throw new Uncheckable(`its image is refused now: ${computed.refused}`)
    const stored = readCode(path, { facts, row, dtype })
    const { on } = await this.#running()
    return compareCodes({ stored, computed: computed.codes }, { isSameMachine: isSameMachine(facts.made, on), float16: this.#float16 })
  }

  /**
   * Computes the code of an image file's bytes.
   *
   * @throws Uncheckable where the network cannot be had again.
   */
  async code(image: Uint8Array, dtype: Dtype): Promise<ComputedCode> {
    const { pool } = await this.#running()
    // A batch of its own: numbers of other images that do not fit float16 must not change the dtype.
    const { results } = await pool.code([image], [{ images: [0], dtype }])
    const { refused = [], codes } = results[0] ?? {}
    return refused[0] || !codes ? { refused: refused[0]?.reason ?? 'It gives no code.' } : { codes }
  }

  async close(): Promise<void> {
    await (await this.#crew?.catch(() => undefined))?.pool.close()
  }

  #running() {
    this.#crew ??= this.#start()
    return this.#crew
  }

  async #start() {
    const { fingerprint, signal, ...options } = this.#options
    const record = this.#catalog.codes.find(fingerprint)
    if (!record) throw new Uncheckable('its fingerprint went away')
    const target = await repeatTarget(record, { catalog: this.#catalog, signal })
    const { setup, size, on } = await workerSetup([target], options)
    const [info] = on
    if (!info) throw new Error('Expected an engine')
    return { pool: await WorkerPool.start(setup, size), on: info }
  }
}

/** The numbers of a row as they are kept. */
function readCode(path: string, { facts, row, dtype }: Omit<StoredCode, 'path'>): CodeArray {
  const length = product(facts.shape)
  const codes = dtype === 'float16' ? new Uint16Array(length) : new Float32Array(length)
  const file = tryOpen(path)
  try {
    const read = readSync(file, new Uint8Array(codes.buffer), 0, codes.byteLength, facts.codesAt + row * codes.byteLength)
    if (read < codes.byteLength) throw new Uncheckable('its shard was cut while it was verified')
    return codes
  } finally {
    closeSync(file)
  }
}

/** Compaction by another process takes shards away. */
function tryOpen(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new Uncheckable(errorCode(error) === 'ENOENT' ? 'its shard went away while it was verified' : clauseOf(error))
  }
}
