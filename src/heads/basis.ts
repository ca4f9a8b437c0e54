import type { Floats } from '../base/floats.js'
import type { Matrix } from '../engine/gemm.js'
import type { WeightVector } from './space.js'
import { combine, dot } from './vector.js'

/** Weights as coefficients over the vectors of a basis; shorter ones end in zeros. */
export type Coordinates = readonly number[]

/**
 * The vectors that a solver has met, with the table of their inner products.
 *
 * Every point, step and gradient of L-BFGS is a combination of the start and the residuals, so its whole recursion runs on a few
 * numbers each; long vectors are read once for the table and once for the logits of a direction.
 * Source of the idea: Chen, Wang, Zhou, "Large-scale L-BFGS using MapReduce" (NIPS 2014), with residuals in place of its pairs.
 */
export class Basis {
  vectors: readonly WeightVector[] = []
  #table: readonly (readonly number[])[] = []

  /** Adds a vector; returns its coordinates. */
  add(vector: WeightVector): Coordinates {
    this.vectors = [...this.vectors, vector]
    const row = this.vectors.map(({ primal }) => dot(primal.data, vector.dual.data))
    this.#table = [...this.#table.map((products, k) => [...products, row[k] ?? 0]), row]
    return this.vectors.map((_, k) => (k === this.vectors.length - 1 ? 1 : 0))
  }

  /** ⟨a, b⟩ */
  inner(a: Coordinates, b: Coordinates): number {
    let sum = 0
    for (const [i, row] of this.#table.entries()) {
      const factor = a[i] ?? 0
      if (factor !== 0) for (const [j, product] of row.entries()) sum += factor * product * (b[j] ?? 0)
    }
    return sum
  }

  /** The vector at these coordinates. */
  at(point: Coordinates): WeightVector {
    const { primal, dual, shift } = this.vectors[0] ?? raiseEmpty()
    const sum = (like: Matrix, parts: readonly Floats[]): Matrix => {
      const data = new Float32Array(like.data.length)
      combine(parts, this.#padded(point), data)
      return { ...like, data }
    }
    const made = sum(
      primal,
      this.vectors.map((vector) => vector.primal.data),
    )
    const image =
      primal === dual
        ? made
        : sum(
            dual,
            this.vectors.map((vector) => vector.dual.data),
          )
    return { primal: made, dual: image, shift: this.shift(point, shift.length) }
  }

  shift(point: Coordinates, classes: number): Float64Array {
    const total = new Float64Array(classes)
    for (const [k, { shift }] of this.vectors.entries()) {
      for (let c = 0; c < classes; c++) total[c] = (total[c] as number) + (point[k] ?? 0) * (shift[c] as number)
    }
    return total
  }

  #padded(point: Coordinates): number[] {
    return this.vectors.map((_, k) => point[k] ?? 0)
  }
}

function raiseEmpty(): never {
  throw new Error('Expected a basis with vectors, got an empty one')
}
