import { type Matrix, matrix } from '../engine/gemm.js'
import type { Space, WeightVector } from './space.js'
import { addCombination, dot, recombine } from './vector.js'

/** A square below this part of what was taken off: a hundredth of the length or less is left. */
const LITTLE = 1e-4

/** A square below this part of what was taken off is float32's rounding: nothing new. */
const NOTHING = 1e-11

/** Weights as factors over the vectors of a basis; a shorter list ends in zeros. */
export type Coordinates = readonly number[]

/**
 * Orthogonal weight vectors that span all a solver has met.
 *
 * Every iterate, step and gradient of L-BFGS is a combination of the start and the residuals seen so far, whatever λ they were met
 * at; so its recursion runs on a few numbers each, and long vectors are read once to take a residual in and once for the logits of a
 * direction. Source of the idea: Chen, Wang, Zhou, Large-scale L-BFGS using MapReduce (NIPS 2014). Orthogonal, since residuals
 * resemble one another: factors stay small, and an inner product is a sum over the squares of the vectors.
 */
export class Basis {
  readonly #space: Space
  readonly #classes: number
  #vectors: readonly WeightVector[] = []
  /** ⟨v, v⟩ of each vector, above 0. */
  #squares: readonly number[] = []

  constructor(space: Space, classes: number) {
    this.#space = space
    this.#classes = classes
  }

  get size(): number {
    return this.#vectors.length
  }

  /**
   * Takes in (and keeps) coefficients; returns their coordinates. What the basis has not yet becomes its next vector.
   *
   * Where little is left of them, float32 has left it askew, and the shares are taken off once more ("twice is enough", Kahan).
   */
  async add(coefficients: Matrix): Promise<Coordinates> {
    const shares = this.#shares(coefficients)
    this.#takeOff(coefficients, shares, ({ primal }) => primal)
    const vector = await this.#space.vector(coefficients)
    if (squareOf(vector) >= LITTLE * this.inner(shares, shares)) return this.#append(vector, shares)
    const again = this.#shares(coefficients)
    this.#takeOff(coefficients, again, ({ primal }) => primal)
    if (vector.dual !== vector.primal) this.#takeOff(vector.dual, again, ({ dual }) => dual)
    const askew = this.shift(again)
    const shift = vector.shift.map((value, c) => value - (askew[c] ?? 0))
    const both = shares.map((share, k) => share + (again[k] ?? 0))
    return this.#append({ ...vector, shift }, both)
  }

  #append(vector: WeightVector, shares: Coordinates): Coordinates {
    const square = squareOf(vector)
    if (!(square > NOTHING * this.inner(shares, shares))) return shares
    this.#vectors = [...this.#vectors, vector]
    this.#squares = [...this.#squares, square]
    return [...shares, 1]
  }

  /** ⟨W, v⟩ / ⟨v, v⟩ of each vector. */
  #shares(coefficients: Matrix): Coordinates {
    return this.#vectors.map(({ dual }, k) => dot(coefficients.data, dual.data) / (this.#squares[k] ?? 1))
  }

  #takeOff(from: Matrix, shares: Coordinates, side: (vector: WeightVector) => Matrix): void {
    const parts = this.#vectors.map((vector) => side(vector).data)
    const negative = shares.map((share) => -share)
    addCombination(from.data, parts, negative)
  }

  /** ⟨a, b⟩ */
  inner(a: Coordinates, b: Coordinates): number {
    const length = Math.min(a.length, b.length)
    let sum = 0
    for (let k = 0; k < length; k++) sum += (a[k] as number) * (b[k] as number) * (this.#squares[k] as number)
    return sum
  }

  /** μᵀW at `point`, [classes]. */
  shift(point: Coordinates): Float64Array {
    const shift = new Float64Array(this.#classes)
    for (const [k, vector] of this.#vectors.entries()) {
      for (let c = 0; c < shift.length; c++) shift[c] = (shift[c] as number) + (point[k] ?? 0) * (vector.shift[c] as number)
    }
    return shift
  }

  /** The coefficients at `point`, a copy. */
  coefficients(point: Coordinates): Matrix {
    const total = matrix(this.#space.features, this.#classes)
    const parts = this.#vectors.map(({ primal }) => primal.data)
    addCombination(total.data, parts, this.#factors(point))
    return total
  }

  /** out = X̃W [n, C] at `point`. */
  logits(point: Coordinates, out: Matrix): Promise<void> {
    return this.#space.logits(this.#vectors, this.#factors(point), out)
  }

  /** Spans these points, and no more, from now on, in the memory of the vectors so far; returns their new coordinates. */
  rebase(points: readonly Coordinates[]): Coordinates[] {
    const axes = this.#orthogonal(points)
    const squares = axes.map((axis) => this.inner(axis, axis))
    const coordinates = points.map((point) => axes.map((axis, k) => this.inner(point, axis) / (squares[k] ?? 1)))
    const shifts = axes.map((axis) => this.shift(axis))
    const vectors = this.#vectors
    const isOneSided = vectors.every(({ primal, dual }) => primal === dual)
    for (const side of isOneSided ? (['primal'] as const) : (['primal', 'dual'] as const)) {
      recombine(
        vectors.map((vector) => vector[side].data),
        axes,
      )
    }
    this.#vectors = shifts.flatMap((shift, k) => vectors.slice(k, k + 1).map((vector) => ({ ...vector, shift })))
    this.#squares = squares
    return coordinates
  }

  /** Gram-Schmidt on coordinates; points within rounding of the others' span add nothing. */
  #orthogonal(points: readonly Coordinates[]): Coordinates[] {
    const axes: Coordinates[] = []
    for (const point of points) {
      let rest = this.#factors(point)
      for (const axis of axes) {
        const share = this.inner(rest, axis) / this.inner(axis, axis)
        rest = rest.map((value, k) => value - share * (axis[k] ?? 0))
      }
      if (this.inner(rest, rest) > 1e-12 * this.inner(point, point)) axes.push(rest)
    }
    return axes
  }

  #factors(point: Coordinates): number[] {
    return this.#vectors.map((_, k) => point[k] ?? 0)
  }
}

function squareOf({ primal, dual }: WeightVector): number {
  return dot(primal.data, dual.data)
}
