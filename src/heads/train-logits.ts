import { type Matrix, matrix } from '../engine/gemm.js'
import { argmaxRows } from './argmax.js'
import { crossEntropyAlong, type Labels } from './cross-entropy.js'
import type { LinePoint } from './line-search.js'
import { accuracyOf } from './score.js'
import { addScaled } from './vector.js'

/** The logits of the train samples at an iterate, and along a direction from it; all matrices [n, C]. */
export class TrainLogits {
  readonly #labels: Labels
  readonly #here: Matrix
  /** Filled in by the owner before `along`. */
  readonly direction: Matrix
  /** (P − Y) / n at the point last evaluated: after `step`, at the iterate. */
  #residual: Matrix
  #loss: number

  constructor(here: Matrix, labels: Labels) {
    this.#labels = labels
    this.#here = here
    this.direction = matrix(here.rows, here.columns)
    this.#residual = matrix(here.rows, here.columns)
    this.#loss = this.along(0).value
  }

  /** Mean cross-entropy at the point last evaluated. */
  get loss(): number {
    return this.#loss
  }

  /** Mean cross-entropy t directions from the iterate. */
  along(t: number): LinePoint {
    const point = crossEntropyAlong(this.#here, this.direction.data, t, this.#labels, this.#residual.data)
    this.#loss = point.value
    return point
  }

  /** Moves the iterate t directions on, where `along` was last. */
  step(t: number): void {
    addScaled(this.#here.data, t, this.direction.data)
  }

  /** Accuracy at the iterate. */
  accuracy(): number {
    return accuracyOf(argmaxRows(this.#here), this.#labels)
  }

  /** Hands the residual over: the caller owns it. */
  takeResidual(): Matrix {
    const taken = this.#residual
    this.#residual = matrix(taken.rows, taken.columns)
    return taken
  }
}
