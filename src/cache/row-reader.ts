import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from '@node-rs/crc32'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import { cacheOption } from './cache-option.js'
import type { CodePlace, ShardPlace } from './code-place.js'
import { dtypeBytes } from './dtype.js'
import { shardPath } from './paths.js'

/** Whose rows are read. */
export interface RowSource {
  readonly cache: string
  /** Digest of the fingerprint. */
  readonly fingerprint: string
  /** Numbers in a stored code. */
  readonly length: number
}

/** Reads stored codes from shards as bytes; the last shard stays open until `close`. */
export class RowReader {
  readonly #source: RowSource
  #buffer = new ArrayBuffer(0)
  #open: { readonly shard: ShardPlace; readonly file: number } | undefined

  constructor(source: RowSource) {
    this.#source = source
  }

  /** Opens the shard of a place; false where it is gone. */
  open(place: CodePlace): boolean {
    if (this.#open?.shard === place.shard) return true
    this.close()
    try {
      this.#open = { shard: place.shard, file: openSync(this.#pathOf(place), 'r') }
      return true
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false
      throw this.#damaged(place, messageOf(error))
    }
  }

  /**
   * Reads rows that follow each other in one shard and checks their checksums. The bytes are valid until the next call.
   *
   * @throws UserError when the shard is missing or damaged.
   */
  read(places: readonly [CodePlace, ...CodePlace[]]): ArrayBuffer {
    const [first] = places
    const rowBytes = this.rowBytes(first)
    this.#fill(first, places.length * rowBytes)
    for (const [row, place] of places.entries()) {
      if (crc32(new Uint8Array(this.#buffer, row * rowBytes, rowBytes)) === place.crc) continue
      throw this.#damaged(place, `the checksum of row ${place.row} does not match`)
    }
    return this.#buffer
  }

  rowBytes({ dtype }: CodePlace): number {
    return this.#source.length * dtypeBytes(dtype)
  }

  close(): void {
    if (this.#open) closeSync(this.#open.file)
    this.#open = undefined
  }

  #fill(place: CodePlace, size: number): void {
    if (this.#buffer.byteLength < size) this.#buffer = new ArrayBuffer(size)
    if (!this.open(place)) throw this.#damaged(place, 'it is gone')
    try {
      const from = place.shard.codesAt + place.row * this.rowBytes(place)
      const count = readSync(this.#open?.file ?? -1, new Uint8Array(this.#buffer), 0, size, from)
      if (count < size) throw new Error(`it ends ${size - count} bytes too early`)
    } catch (error) {
      throw this.#damaged(place, messageOf(error))
    }
  }

  #pathOf({ shard, fingerprint = this.#source.fingerprint }: CodePlace): string {
    return shardPath(this.#source.cache, { fingerprint, shard: shard.digest })
  }

  #damaged(place: CodePlace, found: string): UserError {
    return new UserError(
      `Expected a whole shard at ${this.#pathOf(place)}, found that ${found}. Drop what is damaged with npm run cache -- verify --repair${cacheOption(this.#source.cache)}, and run codes again: only that is computed anew.`,
    )
  }
}
