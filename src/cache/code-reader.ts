import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import type { Catalog } from './catalog.js'
import type { CodePlace, FingerprintRecord } from './code-table.js'
import { cachePaths } from './paths.js'
import { type Pool, poolCode, pooledShape } from './pool-codes.js'
import { checksums, decodeShard, type ShardView } from './shard-file.js'

const product = (shape: readonly number[]) => shape.reduce((all, side) => all * side, 1)

interface OpenShard {
  readonly digest: string
  readonly path: string
  readonly view: ShardView
}

/** Reads codes of one fingerprint as float32, pooled on the way. Rows are fastest in the order of `images`. */
export class CodeReader {
  /** sha256 (hex) of every image that has a code, in the order of storage. */
  readonly images: readonly string[]
  /** Shape of a code after pooling, channels last. */
  readonly shape: readonly number[]
  /** Numbers in a code after pooling. */
  readonly length: number
  readonly #folder: string
  readonly #identity: string
  readonly #places: ReadonlyMap<string, CodePlace>
  readonly #storedLength: number
  readonly #pool: Pool
  readonly #float16 = createFloat16(createKernels())
  #buffer = new Uint8Array(0)
  #open: OpenShard | undefined

  constructor(catalog: Catalog, fingerprint: FingerprintRecord, pool: Pool = 'none') {
    const places = catalog.codes.places(fingerprint.id)
    this.#folder = cachePaths(catalog.cache).shards(fingerprint.digest)
    this.#identity = fingerprint.json
    this.#places = new Map(places.map((place) => [place.image, place]))
    this.#storedLength = product(fingerprint.shape)
    this.#pool = pool
    this.images = [...this.#places.keys()]
    this.shape = pooledShape(fingerprint.shape, pool)
    this.length = product(this.shape)
  }

  /**
   * Reads the codes of some images into `out` [images, length].
   *
   * @throws UserError when a shard is missing or damaged.
   */
  read(images: readonly string[], out: Floats = new Float32Array(images.length * this.length)): Floats {
    const pooled = this.length !== this.#storedLength
    const whole = pooled ? new Float32Array(this.#storedLength) : undefined
    images.forEach((image, at) => {
      const target = out.subarray(at * this.length, (at + 1) * this.length)
      this.#readOne(image, whole ?? target)
      if (whole && this.#pool !== 'none') poolCode(whole, this.length, this.#pool, target)
    })
    return out
  }

  #readOne(image: string, target: Float32Array): void {
    const place = this.#places.get(image)
    if (!place) throw new Error(`Expected a code of image ${image} in the catalog`)
    const { path, view } = this.#shard(place.shard)
    const { codes, length } = view
    if (imageAt(view, place.row) !== image || view.views[place.row] !== 0) throw damaged(path, `row ${place.row} is not of image ${image}`)
    const row = codes.subarray(place.row * length, (place.row + 1) * length)
    if (row instanceof Uint16Array) this.#float16.fromFloat16(row, target)
    else target.set(row)
  }

  /** Opens a shard and checks whose codes it holds and every row's checksum; the last one stays open. */
  #shard(digest: string): OpenShard {
    if (this.#open?.digest === digest) return this.#open
    const path = join(this.#folder, `${digest}.arrow`)
    this.#open = undefined
    const view = this.#decode(path)
    if (view.metadata.fingerprint !== this.#identity) throw damaged(path, 'its codes were made in another way')
    const found = checksums(view.codes, view.rows)
    const bad = found.findIndex((crc, row) => crc !== view.crcs[row])
    if (bad >= 0) throw damaged(path, `the checksum of row ${bad} does not match`)
    if (view.length !== this.#storedLength) throw damaged(path, `its codes have ${view.length} numbers instead of ${this.#storedLength}`)
    this.#open = { digest, path, view }
    return this.#open
  }

  /** Reads a shard into the one buffer that serves all of them. */
  #decode(path: string): ShardView {
    try {
      const file = openSync(path, 'r')
      try {
        const { size } = fstatSync(file)
        if (this.#buffer.length < size) this.#buffer = new Uint8Array(size)
        const bytes = this.#buffer.subarray(0, size)
        const count = readSync(file, bytes, 0, size, 0)
        if (count < size) throw new Error(`only ${count} of ${size} bytes can be read`)
        return decodeShard(bytes)
      } finally {
        closeSync(file)
      }
    } catch (error) {
      throw damaged(path, messageOf(error))
    }
  }
}

/** sha256 (hex) of the image of a row; '' beyond the last one. */
const imageAt = ({ images }: ShardView, row: number) => Buffer.from(images.subarray(row * 32, row * 32 + 32)).toString('hex')

function damaged(path: string, found: string): UserError {
  return new UserError(
    `Expected a whole shard at ${path}, found that ${found}. Delete the file and run codes again: only its images are computed anew.`,
  )
}
