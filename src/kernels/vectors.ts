import { createKernels, type KernelOptions, type Kernels } from './kernels.js'

/**
 * A fixed number of float32 vectors of one length in a WebAssembly memory of their own, for L-BFGS and the like.
 *
 * The memory never grows after construction, so the views stay valid.
 */
export class Vectors {
  /** The vectors, each float32 [length], zero at first; read and write them freely. */
  readonly views: readonly Float32Array[]
  readonly length: number
  readonly #kernels: Kernels
  readonly #base: number
  readonly #stride: number

  constructor(count: number, length: number, options: Pick<KernelOptions, 'wasm'> = {}) {
    this.#kernels = createKernels(options)
    this.#stride = Math.ceil(length / 4) * 16
    this.#base = this.#kernels.scratch(count * this.#stride)
    this.length = length
    const { buffer } = this.#kernels.memory
    this.views = Array.from({ length: count }, (_, index) => new Float32Array(buffer, this.#at(index), length))
  }

  /** ⟨vector a, vector b⟩: float32 products, float64 sum. */
  dot(a: number, b: number): number {
    return this.#kernels.dot(this.#at(a), this.#at(b), this.length)
  }

  /** vector y += alpha · vector x, in float32. */
  axpy(alpha: number, x: number, y: number): void {
    this.#kernels.axpy(alpha, this.#at(x), this.#at(y), this.length)
  }

  #at(index: number): number {
    return this.#base + index * this.#stride
  }
}
