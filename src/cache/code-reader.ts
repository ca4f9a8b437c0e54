import { UserError } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import { product } from '../base/product.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import type { Catalog } from './catalog.js'
import { codeFinder, type OtherCode } from './code-finder.js'
import type { CodePlace } from './code-place.js'
import type { FingerprintRecord } from './code-table.js'
import type { Dtype } from './dtype.js'
import { areFinite } from './finite-codes.js'
import { type Pool, poolCode, pooledShape } from './pool-codes.js'
import { RowReader } from './row-reader.js'

export interface CodeReaderOptions {
  /** Pools codes on the way, default none. */
  readonly pool?: Pool | undefined
  /** Names an image (sha256 in hex) in the error that refuses its code for a NaN or an infinity; without it such codes are read too. */
  readonly nameOf?: ((image: string) => string) | undefined
  /** Codes of other fingerprints, of the same shape, by keys of their own that are none of an image: they are read by these. */
  readonly others?: ReadonlyMap<string, OtherCode> | undefined
}

/** From this share of all codes on they are looked up all at once, which takes a third of the time of single look-ups. */
const mostOfThem = 0.5

/** Bytes that are read at once where rows follow each other. */
const readBytes = 8 * 2 ** 20

/**
 * Reads codes of one fingerprint, pooled on the way, and checks each one's checksum. Only the rows that are asked for are looked up
 * and read, fastest in the order of storage.
 */
export class CodeReader {
  /** Shape of a code after pooling, channels last. */
  readonly shape: readonly number[]
  /** Numbers in a code after pooling. */
  readonly length: number
  readonly #storedLength: number
  readonly #channels: number
  readonly #isPooled: boolean
  readonly #pool: Pool
  readonly #nameOf: CodeReaderOptions['nameOf']
  readonly #codes: Catalog['codes']
  /** Its id. */
  readonly #fingerprint: number
  readonly #find: (image: string) => CodePlace | undefined
  readonly #places = new Map<string, CodePlace>()
  /** Codes that were found finite: their checksums say that they still are. */
  readonly #finite = new Set<CodePlace>()
  readonly #float16 = createFloat16(createKernels())
  readonly #rows: RowReader

  constructor(catalog: Catalog, fingerprint: FingerprintRecord, { pool = 'none', nameOf, others }: CodeReaderOptions = {}) {
    this.#codes = catalog.codes
    this.#fingerprint = fingerprint.id
    this.#find = codeFinder(catalog, fingerprint, others)
    this.#storedLength = product(fingerprint.shape)
    this.#channels = fingerprint.shape.at(-1) ?? 0
    this.#pool = pool
    this.#nameOf = nameOf
    this.#rows = new RowReader({ cache: catalog.cache, fingerprint: fingerprint.digest, length: this.#storedLength })
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
    const asked = [...new Set(images)]
    const unknown = asked.length - this.#places.size
    if (unknown > 0 && unknown >= mostOfThem * this.#codes.rows(this.#fingerprint)) this.#lookUpAll()
    const places = asked.flatMap((image) => this.#placeOf(image) ?? [])
    return places.sort((a, b) => a.shard.id - b.shard.id || a.row - b.row)
  }

  /** What holds these codes without loss: float16 where all are stored so and nothing is pooled. */
  dtypeOf(images: Iterable<string>): Dtype {
    if (this.#isPooled) return 'float32'
    for (const image of images) if (this.#known(image).dtype === 'float32') return 'float32'
    return 'float16'
  }

  /**
   * Reads the codes of some images into `out` [images, length]: as float32, or into a Uint16Array as the bits of float16, for which
   * all must be stored so.
   *
   * @throws UserError when a shard is missing or damaged, or a code that is to be finite is not.
   */
  read(images: readonly string[]): Floats
  read<T extends Float32Array | Uint16Array>(images: readonly string[], out: T): T
  read(images: readonly string[], out: Float32Array | Uint16Array = new Float32Array(images.length * this.length)) {
    try {
      for (let at = 0; at < images.length; ) {
        const places = this.#run(images, at)
        const bytes = this.#rows.read(places)
        this.#checkFinite(bytes, places)
        this.#copy(bytes, places, out.subarray(at * this.length, (at + places.length) * this.length))
        at += places.length
      }
      return out
    } finally {
      this.#rows.close()
    }
  }

  #lookUpAll(): void {
    for (const place of this.#codes.places(this.#fingerprint)) this.#places.set(place.image, place)
  }

  #placeOf(image: string): CodePlace | undefined {
    const known = this.#places.get(image)
    if (known) return known
    const found = this.#find(image)
    if (found) this.#places.set(image, found)
    return found
  }

  #known(image: string): CodePlace {
    const place = this.#placeOf(image)
    if (!place) throw new UserError(`Expected a code of image ${image} in the catalog, found that it was removed. Run codes again.`)
    return place
  }

  /** Places of the images from `at` on that follow each other in one shard, as many as are read at once. */
  #run(images: readonly string[], at: number): [CodePlace, ...CodePlace[]] {
    const first = this.#present(images[at] ?? '')
    const most = Math.max(1, Math.floor(readBytes / this.#rows.rowBytes(first)))
    const places: [CodePlace, ...CodePlace[]] = [first]
    for (let next = at + 1; next < images.length && places.length < most; next++) {
      const place = this.#known(images[next] ?? '')
      if (place.shard !== first.shard || place.row !== first.row + places.length) break
      places.push(place)
    }
    return places
  }

  /** The place of an image; another process may have moved its code into another shard since it was looked up. */
  #present(image: string): CodePlace {
    const place = this.#known(image)
    if (this.#rows.open(place)) return place
    this.#places.clear() // every place may be an old one
    return this.#known(image)
  }

  #checkFinite(bytes: ArrayBuffer, places: readonly [CodePlace, ...CodePlace[]]): void {
    const [{ dtype }] = places
    const length = this.#storedLength
    if (!this.#nameOf || places.every((place) => this.#finite.has(place))) return
    const rowBytes = this.#rows.rowBytes(places[0])
    const bad = places.find((_, row) => !areFinite(bytes, row * rowBytes, length, dtype))
    if (!bad) {
      for (const place of places) this.#finite.add(place)
      return
    }
    throw new UserError(
      `Expected finite numbers in the code of ${this.#nameOf(bad.image)}, found NaN or infinity: the network made them of this image. Leave it out with --exclude FILE, or remove the codes (npm run cache -- remove) and compute them with --precision float32 or another model.`,
    )
  }

  #copy(bytes: ArrayBuffer, places: readonly [CodePlace, ...CodePlace[]], out: Float32Array | Uint16Array): void {
    const [{ image, dtype }] = places
    const numbers = places.length * this.#storedLength
    const codes = dtype === 'float16' ? new Uint16Array(bytes, 0, numbers) : new Float32Array(bytes, 0, numbers)
    if (out instanceof Float32Array) this.#convert(codes, out)
    else if (codes instanceof Uint16Array) out.set(codes)
    else throw new UserError(`Expected a float16 code of image ${image}, found that a float32 one came meanwhile. Run the command again.`)
  }

  /** Stored codes as float32, pooled. */
  #convert(codes: Uint16Array | Float32Array, out: Float32Array): void {
    const length = this.#storedLength
    if (!this.#isPooled || this.#pool === 'none') this.#toFloat32(codes, out)
    else {
      const whole = new Float32Array(length)
      for (let from = 0, to = 0; from < codes.length; from += length, to += this.length) {
        this.#toFloat32(codes.subarray(from, from + length), whole)
        poolCode(whole, this.#channels, this.#pool, out.subarray(to, to + this.length))
      }
    }
  }

  #toFloat32(codes: Uint16Array | Float32Array, out: Float32Array): void {
    if (codes instanceof Uint16Array) this.#float16.fromFloat16(codes, out)
    else out.set(codes)
  }
}
