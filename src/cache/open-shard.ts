import type { CodeArray, Dtype } from './dtype.js'
import { dtypeBytes } from './dtype.js'

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

/** A shard in the making: codes side by side in one piece of memory, as the file will hold them. */
export class OpenShard {
  readonly dtype: Dtype
  #memory: CodeArray
  #used = 0
  #since = 0
  #images: string[] = []
  #shape: readonly number[] = []

  /** @param bytes how much codes it will hold, about. */
  constructor(dtype: Dtype, bytes: number) {
    this.dtype = dtype
    this.#memory = codeArray(dtype, Math.ceil((bytes * 1.25) / dtypeBytes(dtype)))
  }

  /** sha256 of each row's image file in hex. */
  get images(): readonly string[] {
    return this.#images
  }

  /** The codes' shape, channels last. */
  get shape(): readonly number[] {
    return this.#shape
  }

  /** [images, length], valid until the next `add` or `clear`. */
  get codes(): CodeArray {
    return this.#memory.subarray(0, this.#used)
  }

  get bytes(): number {
    return this.#used * this.#memory.BYTES_PER_ELEMENT
  }

  /** Milliseconds since the first code. */
  get age(): number {
    return this.#images.length === 0 ? 0 : performance.now() - this.#since
  }

  add({ images, shape, codes }: CodeBatch): void {
    if (this.#images.length === 0) this.#since = performance.now()
    const end = this.#used + codes.length
    if (end > this.#memory.length) this.#grow(end)
    this.#memory.set(codes, this.#used)
    this.#used = end
    this.#images.push(...images)
    this.#shape = shape
  }

  /** Empties it; the memory stays. */
  clear(): void {
    this.#used = 0
    this.#images = []
  }

  #grow(length: number): void {
    const grown = codeArray(this.dtype, Math.max(length, 2 * this.#memory.length))
    grown.set(this.codes)
    this.#memory = grown
  }
}

function codeArray(dtype: Dtype, length: number): CodeArray {
  return dtype === 'float16' ? new Uint16Array(length) : new Float32Array(length)
}
