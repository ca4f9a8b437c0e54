import { type Matrix, matrix } from '../engine/gemm.js'
import { Basis } from './basis.js'
import type { ConvexLoss } from './convex/convex-loss.js'
import { lbfgsDirection, type Pair } from './lbfgs.js'
import { type LinePoint, lineSearch } from './line-search.js'
import type { LinearHead } from './linear-head.js'
import { innerProduct, type Point, penalised, plus, times } from './point.js'
import type { Space } from './space.js'
import { TrainLogits } from './train-logits.js'
import { addToRows, centreColumns } from './vector.js'

export interface MinimiseOptions {
  /** Steps at most, default 200. */
  readonly maxIterations?: number | undefined
  /** Stops where no more than this part of the objective (above the loss's floor) can be left to gain; default 1e-2 (3 to 10 times what really is left). */
  readonly tolerance?: number | undefined
}

export interface SolverOptions {
  /** Where to start; default W = 0. A head of some of these samples serves, its A filled up with rows of zeros. */
  readonly start?: LinearHead | undefined
  /**
   * Vectors kept before the basis is made anew from the 2 · 10 + 2 that are still needed; default the space's, else 44. Each takes
   * 8 n C bytes in Gram space, 4 D C in weight space. Below 24 fewer steps are remembered.
   */
  readonly capacity?: number | undefined
}

export interface Minimum {
  /** Loss + λ‖W‖² on the train samples. */
  readonly objective: number
  /** The loss alone. */
  readonly loss: number
  /** Steps taken for it. */
  readonly iterations: number
  readonly converged: boolean
}

/** Steps that L-BFGS remembers; 20 and 40 saved no products. */
const HISTORY = 10
/** Vectors that are kept. */
const CAPACITY = 44
/** The constant input of the biases, as a part of the codes' length: 0.06-0.2 need half the steps of 1 (Caltech-101, flat codes). */
const BIAS_LENGTH = 0.1
/** A step that gains less than this part of the objective is float32's rounding. */
const STALLED = 1e-9
/** An objective as good as zero (separable classes without a penalty). */
const TINY = 1e-6

/**
 * A linear head by L-BFGS: f(W, b) = loss(X̃W + b) + λ‖W‖², any convex loss, bias free.
 *
 * Holds an iterate, the residuals seen and the curvature learnt: `minimise` with another λ goes on from there, and every old pair
 * serves it exactly, as y(λ) = Δ(X̃ᵀR) + 2λ s. A step multiplies one residual; its line search runs on cached logits.
 */
export class LinearSolver {
  readonly #space: Space
  readonly #basis: Basis
  readonly #logits: TrainLogits
  readonly #capacity: number
  readonly #history: number
  #here: Point
  /** X̃ᵀR and 1ᵀR, the gradient of the loss at the iterate, once multiplied; and the step that led there. */
  #gradient: Point | undefined
  #arrival: { readonly step: Point; readonly from: Point } | undefined
  #pairs: readonly Pair[] = []

  private constructor(space: Space, basis: Basis, logits: TrainLogits, here: Point, capacity: number) {
    this.#space = space
    this.#basis = basis
    this.#logits = logits
    this.#here = here
    this.#capacity = capacity
    this.#history = Math.max(1, Math.min(HISTORY, Math.floor((capacity - 4) / 2)))
  }

  /** At `start`, else at W = 0 with the bias that the loss names. */
  static async create(
    space: Space,
    loss: ConvexLoss,
    { start, capacity = space.capacity ?? CAPACITY }: SolverOptions = {},
  ): Promise<LinearSolver> {
    const basis = new Basis(space, loss.outputs)
    const weights = start ? await basis.add(copyOf(start.coefficients)) : []
    const shift = basis.shift(weights)
    const bias = start ? Array.from(start.bias, (value, c) => value + (shift[c] ?? 0)) : loss.bias
    const logits = matrix(space.samples, loss.outputs)
    if (start) await basis.logits(weights, logits)
    addToRows(logits, 1, bias)
    return new LinearSolver(space, basis, new TrainLogits(logits, loss), { weights, bias }, capacity)
  }

  /** The head at the iterate, for codes as they are: b = c − μᵀW. */
  head(): LinearHead {
    const { weights, bias } = this.#here
    const shift = this.#basis.shift(weights)
    return { coefficients: this.#basis.coefficients(weights), bias: Float64Array.from(bias, (value, c) => value - (shift[c] ?? 0)) }
  }

  /** Accuracy on the train samples at the iterate. */
  accuracy(): number {
    return this.#logits.accuracy()
  }

  /** Goes on to the minimum for `l2` (λ). */
  async minimise(l2: number, { maxIterations = 200, tolerance = 1e-2 }: MinimiseOptions = {}): Promise<Minimum> {
    let objective = this.#logits.loss + l2 * this.#basis.inner(this.#here.weights, this.#here.weights)
    const end = (iterations: number, converged: boolean): Minimum => ({ objective, loss: this.#logits.loss, iterations, converged })
    for (let iterations = 0; iterations < maxIterations; iterations++) {
      const { direction, slope, gap, steepest } = await this.#descent(l2)
      if (gap <= tolerance * Math.max(objective - this.#logits.floor, TINY)) return end(iterations, true)
      const before = objective
      objective = await this.#move(direction, slope, l2, steepest)
      if (!(before - objective > STALLED * before)) return end(iterations + 1, false)
    }
    return end(maxIterations, false)
  }

  /**
   * The direction −H g, or −g, the steepest, where nothing is known of the curvature; `slope` is ⟨g, direction⟩, `gap` bounds what is
   * left to gain: ‖∂f/∂W‖² / 4λ, as f is 2λ-strongly convex in W; and where H is known, the quadratic model's −slope / 2 (which sees the
   * biases too, and λ = 0).
   */
  async #descent(l2: number) {
    const gradientOfLoss = await this.#multiply()
    const unit = Math.sqrt(this.#space.scale * BIAS_LENGTH ** 2 + 2 * l2 * gradientOfLoss.bias.length)
    const inner = innerProduct(this.#basis, unit)
    const gradient = penalised(gradientOfLoss, this.#here, l2, unit)
    const pairs = this.#pairs.map(({ step, change }) => ({ step, change: penalised(change, step, l2, unit) }))
    const direction = lbfgsDirection(gradient, pairs, inner)
    const slope = inner(gradient, direction)
    const bound = l2 > 0 ? this.#basis.inner(gradient.weights, gradient.weights) / (4 * l2) : 0
    if (slope < 0 && pairs.length > 0) return { direction, slope, gap: Math.max(bound, -slope / 2), steepest: false }
    this.#pairs = []
    const steepest = inner(gradient, gradient)
    return { direction: times(-1, gradient), slope: -steepest, gap: steepest > 0 ? Number.POSITIVE_INFINITY : 0, steepest: true }
  }

  /** The gradient of the loss at the iterate: the one product of a step. */
  async #multiply(): Promise<Point> {
    if (this.#gradient) return this.#gradient
    const residual = this.#logits.takeResidual()
    const bias = Array.from(centreColumns(residual), (mean) => mean * residual.rows)
    const weights = await this.#basis.add(await this.#space.gradient(residual))
    this.#gradient = { weights, bias }
    if (this.#arrival) {
      const { step, from } = this.#arrival
      this.#pairs = [...this.#pairs, { step, change: plus(this.#gradient, -1, from) }].slice(-this.#history)
    }
    return this.#basis.size > this.#capacity ? this.#compact(this.#gradient) : this.#gradient
  }

  /** Moves the iterate along `direction` to where the objective is flat enough; returns the objective there. */
  async #move(direction: Point, slope: number, l2: number, steepest: boolean): Promise<number> {
    const { weights } = this.#here
    await this.#basis.logits(direction.weights, this.#logits.direction)
    addToRows(this.#logits.direction, 1, direction.bias)
    const norm = this.#basis.inner(weights, weights)
    const slopeOfNorm = 2 * this.#basis.inner(weights, direction.weights)
    const square = this.#basis.inner(direction.weights, direction.weights)
    const at = (t: number): LinePoint => {
      const { value, slope, curvature } = this.#logits.along(t)
      const penalty = norm + t * (slopeOfNorm + t * square)
      return { value: value + l2 * penalty, slope: slope + l2 * (slopeOfNorm + 2 * t * square), curvature: curvature + 2 * l2 * square }
    }
    const { t, value } = lineSearch(at, slope, steepest ? { first: -slope / at(0).curvature } : {})
    this.#logits.step(t)
    this.#here = plus(this.#here, t, direction)
    this.#arrival = this.#gradient && { step: times(t, direction), from: this.#gradient }
    this.#gradient = undefined
    return value
  }

  /** Makes the basis anew from the iterate, its gradient and the pairs; returns the gradient. */
  #compact(gradient: Point): Point {
    const points = [this.#here, gradient, ...this.#pairs.flatMap(({ step, change }) => [step, change])]
    const coordinates = this.#basis.rebase(points.map(({ weights }) => weights))
    const renewed = (k: number, { bias }: Point): Point => ({ weights: coordinates[k] ?? [], bias })
    this.#here = renewed(0, this.#here)
    this.#gradient = renewed(1, gradient)
    this.#pairs = this.#pairs.map(({ step, change }, k) => ({ step: renewed(2 * k + 2, step), change: renewed(2 * k + 3, change) }))
    return this.#gradient
  }
}

function copyOf({ rows, columns, data }: Matrix): Matrix {
  return matrix(rows, columns, data.slice())
}
