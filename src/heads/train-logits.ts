import { type Matrix, matrix } from '../engine/gemm.js'
import type { ConvexLoss } from './convex/convex-loss.js'
import type { LinePoint } from './line-search.js'
import { addScaled } from './vector.js'

/** The logits of the train samples at an iterate, and along a direction from it; all matrices [n, C]. */
export class TrainLogits {
  readonly #of: ConvexLoss
  readonly #here: Matrix
  /** Filled in by the owner before `along`. */
  readonly direction: Matrix
  /** ∂loss/∂logits at the point last evaluated: after `step`, at the iterate. */
  #residual: Matrix
  #loss: number

  constructor(here: Matrix, of: ConvexLoss) {
    this.#of = of
    this.#here = here
    this.direction = matrix(here.rows, here.columns)
    this.#residual = matrix(here.rows, here.columns)
    this.#loss = this.along(0).value
  }

  /** The loss at the point last evaluated. */
  get loss(): number {
    return this.#loss
  }

  /** What the loss never goes below. */
  get floor(): number {
    return this.#of.floor
  }

  /** The loss t directions from the iterate. */
  along(t: number): LinePoint {
    const point = this.#of.along(this.#here, this.direction.data, t, this.#residual.data)
    this.#loss = point.value
    return point
  }

  /** Moves the iterate t directions on, where `along` was last. */
  step(t: number): void {
    addScaled(this.#here.data, t, this.direction.data)
  }

  /** Accuracy at the iterate. */
  accuracy(): number {
    return this.#of.accuracy(this.#here)
  }

  /** Hands the residual over: the caller owns it. */
  takeResidual(): Matrix {
    const taken = this.#residual
    this.#residual = matrix(taken.rows, taken.columns)
    return taken
  }
}
