import type { Floats } from '../../base/floats.js'
import { product } from '../../base/product.js'
import { createKernels, type Kernels, type Pointer } from '../../kernels/kernels.js'
import type { Optimizer, Step } from '../optimizers/optimizer.js'

export interface ParameterOptions {
  readonly shape: readonly number[]
  readonly optimizer: Optimizer
  /** Values that `update` takes at once: room for their gradient; default all. A multiple of 4 unless it is all. */
  readonly tile?: number
  /** Whether L1 and L2 penalties hold for it: kernels, not biases. */
  readonly penalised?: boolean
}

/** Values that are updated: from a place on, so many, in rows of `width`; default all in one row. */
export interface UpdatePart {
  readonly from?: number
  readonly count?: number
  readonly width?: number
}

/** Weights that are trained, with their optimizer's state, in a WebAssembly memory of their own: neither copied nor collected. */
export class Parameter {
  readonly shape: readonly number[]
  readonly values: Floats
  /** The gradient of the values that are updated next. */
  readonly gradient: Floats
  readonly state: readonly Floats[]
  readonly #kernels: Kernels
  readonly #optimizer: Optimizer
  readonly #penalised: boolean

  /** All zeros, and the optimizer's starting state. */
  constructor({ shape, optimizer, tile, penalised = false }: ParameterOptions) {
    this.shape = shape
    this.#optimizer = optimizer
    this.#penalised = penalised
    const count = product(shape)
    const [padded, tiled] = [padTo4(count), padTo4(tile ?? count)]
    this.#kernels = createKernels()
    let at = this.#kernels.scratch(4 * (padded * (1 + optimizer.state.length) + tiled))
    const take = (length: number, room: number): Floats => {
      const view = new Float32Array(this.#kernels.memory.buffer, at, length)
      at += 4 * room
      return view
    }
    this.values = take(count, padded)
    this.state = optimizer.state.map((value) => take(count, padded).fill(value))
    this.gradient = take(tiled, tiled)
  }

  /**
   * Moves `count` values from `from` on by the gradient's first ones. Several steps share each row of `width` values, equal columns each:
   * settings side by side, of which each has a multiple of 4.
   */
  update(steps: readonly Step[], part: UpdatePart = {}): void {
    const { from = 0, count = this.values.length, width = count } = part
    const own = width / steps.length
    const shape = steps.length === 1 ? { count, rows: 1, skip: 0 } : { count: own, rows: count / width, skip: 4 * (width - own) }
    for (const [at, step] of steps.entries()) {
      const place = (array: Floats): Pointer => array.byteOffset + 4 * (from + at * own)
      const region = {
        weights: place(this.values),
        gradient: this.gradient.byteOffset + 4 * at * own,
        state: this.state.map(place),
        ...shape,
      }
      this.#optimizer.step(this.#kernels, region, this.#penalised ? step : { ...step, l1: 0, l2: 0 })
    }
  }
}

const padTo4 = (count: number) => Math.ceil(count / 4) * 4
