import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from '@node-rs/crc32'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import { product } from '../base/product.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import { cacheOption } from './cache-option.js'
import type { Catalog } from './catalog.js'
import type { CodePlace, ShardPlace } from './code-place.js'
import type { FingerprintRecord } from './code-table.js'
import { dtypeBytes } from './dtype.js'
import { cachePaths } from './paths.js'
import { type Pool, poolCode, pooledShape } from './pool-codes.js'

/** Bytes that are read at once where rows follow each other. */
const readBytes = 8 * 2 ** 20

/**
 * Reads codes of one fingerprint as float32, pooled on the way, and checks each one's checksum. Only the rows that are asked for
 * are looked up and read, fastest in the order of storage.
 */
export class CodeReader {
  /** Shape of a code after pooling, channels last. */
  readonly shape: readonly number[]
  /** Numbers in a code after pooling. */
  readonly length: number
  readonly #cache: string
  readonly #folder: string
  readonly #storedLength: number
  readonly #channels: number
  readonly #isPooled: boolean
  readonly #pool: Pool
  readonly #find: (image: string) => CodePlace | undefined
  readonly #places = new Map<string, CodePlace>()
  readonly #float16 = createFloat16(createKernels())
  #buffer = new ArrayBuffer(0)
  #open: { readonly shard: ShardPlace; readonly file: number } | undefined

  constructor(catalog: Catalog, fingerprint: FingerprintRecord, pool: Pool = 'none') {
    this.#cache = catalog.cache
    this.#folder = cachePaths(catalog.cache).shards(fingerprint.digest)
    this.#find = catalog.codes.finder(fingerprint.id)
    this.#storedLength = product(fingerprint.shape)
    this.#channels = fingerprint.shape.at(-1) ?? 0
    this.#pool = pool
    this.shape = pooledShape(fingerprint.shape, pool)
    this.length = product(this.shape)
    this.#isPooled = this.shape !== fingerprint.shape
  }

  /** Those of some images (sha256 in hex) that have a code, each once, in the order of storage. */
  stored(images: Iterable<string>): string[] {
    return this.places(images).map(({ image }) => image)
  }

  /** Where they lie. */
  places(images: Iterable<string>): CodePlace[] {
    const places = [...new Set(images)].flatMap((image) => this.#placeOf(image) ?? [])
    return places.sort((a, b) => a.shard.id - b.shard.id || a.row - b.row)
  }

  /**
   * Reads the codes of some images into `out` [images, length].
   *
   * @throws UserError when a shard is missing or damaged.
   */
  read(images: readonly string[], out: Floats = new Float32Array(images.length * this.length)): Floats {
    this.readInto(images, out)
    return out
  }

  /** Like `read`, into memory of any kind. */
  readInto(images: readonly string[], out: Float32Array): void {
    const whole = this.#isPooled ? new Float32Array(this.#storedLength) : undefined
    try {
      for (let at = 0; at < images.length; ) {
        const places = this.#readRun(images, at)
        places.forEach((place, row) => {
          const target = out.subarray((at + row) * this.length, (at + row + 1) * this.length)
          this.#convert(place, row, whole ?? target)
          if (whole && this.#pool !== 'none') poolCode(whole, this.#channels, this.#pool, target)
        })
        at += places.length
      }
    } finally {
      this.#close()
    }
  }

  #close(): void {
    if (this.#open) closeSync(this.#open.file)
    this.#open = undefined
  }

  #placeOf(image: string): CodePlace | undefined {
    const known = this.#places.get(image) ?? this.#find(image)
    if (known) this.#places.set(image, known)
    return known
  }

  #known(image: string): CodePlace {
    const place = this.#placeOf(image)
    if (!place) throw new UserError(`Expected a code of image ${image} in the catalog, found that it was removed. Run codes again.`)
    return place
  }

  /** Reads the rows from `at` on that follow each other in one shard into the buffer, and tells their places. */
  #readRun(images: readonly string[], at: number): CodePlace[] {
    const first = this.#present(images[at] ?? '')
    const most = Math.max(1, Math.floor(readBytes / this.#rowBytes(first)))
    const places = [first]
    for (let next = at + 1; next < images.length && places.length < most; next++) {
      const place = this.#known(images[next] ?? '')
      if (place.shard !== first.shard || place.row !== first.row + places.length) break
      places.push(place)
    }
    this.#fill(first, places.length * this.#rowBytes(first))
    return places
  }

  /** The place of an image; another process may have moved its code into another shard since it was looked up. */
  #present(image: string): CodePlace {
    const place = this.#known(image)
    if (this.#isOpen(place)) return place
    this.#places.clear() // every place may be an old one
    return this.#known(image)
  }

  /** Opens the shard of a place; false where it is gone. */
  #isOpen(place: CodePlace): boolean {
    if (this.#open?.shard === place.shard) return true
    this.#close()
    try {
      this.#open = { shard: place.shard, file: openSync(this.#pathOf(place), 'r') }
      return true
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false
      throw this.#damaged(place, messageOf(error))
    }
  }

  #fill(place: CodePlace, size: number): void {
    if (this.#buffer.byteLength < size) this.#buffer = new ArrayBuffer(size)
    if (!this.#isOpen(place)) throw this.#damaged(place, 'it is gone')
    try {
      const from = place.shard.codesAt + place.row * this.#rowBytes(place)
      const count = readSync(this.#open?.file ?? -1, new Uint8Array(this.#buffer), 0, size, from)
      if (count < size) throw new Error(`it ends ${size - count} bytes too early`)
    } catch (error) {
      throw this.#damaged(place, messageOf(error))
    }
  }

  /** Row `at` of the buffer as float32. */
  #convert(place: CodePlace, at: number, target: Float32Array): void {
    const size = this.#rowBytes(place)
    const crc = crc32(new Uint8Array(this.#buffer, at * size, size))
    if (crc !== place.crc) throw this.#damaged(place, `the checksum of row ${place.row} does not match`)
    if (place.dtype === 'float16') this.#float16.fromFloat16(new Uint16Array(this.#buffer, at * size, this.#storedLength), target)
    else target.set(new Float32Array(this.#buffer, at * size, this.#storedLength))
  }

  #rowBytes({ dtype }: CodePlace): number {
    return this.#storedLength * dtypeBytes(dtype)
  }

  #pathOf({ shard }: CodePlace): string {
    return join(this.#folder, `${shard.digest}.arrow`)
  }

  #damaged(place: CodePlace, found: string): UserError {
    return new UserError(
      `Expected a whole shard at ${this.#pathOf(place)}, found that ${found}. Drop what is damaged with npm run cache -- verify --repair${cacheOption(this.#cache)}, and run codes again: only that is computed anew.`,
    )
  }
}
