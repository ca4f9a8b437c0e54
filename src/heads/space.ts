import type { Gemm, Matrix } from '../engine/gemm.js'
import { addToRows, centreColumns, columnSums, combine, dot } from './vector.js'

/**
 * One vector of weights, W [D, C], as a space keeps it.
 *
 * ⟨W, W'⟩ = ⟨primal, dual'⟩, elementwise.
 */
export interface WeightVector {
  /** Coefficients: A [n, C] with W = XᵀA, or W itself. */
  readonly primal: Matrix
  /** Centred logits of the train samples, G̃A [n, C], or W itself. */
  readonly dual: Matrix
  /** μᵀW [C]: what centring the codes takes off the logits. */
  readonly shift: Float64Array
}

/**
 * The codes X [n, D] of the train samples as a solver sees them: centred by their mean μ, X̃ = X − 1μᵀ.
 *
 * Centring changes no optimum, since the bias is free (b = c − μᵀW), and makes the problem better conditioned.
 */
export interface Space {
  /** n */
  readonly samples: number
  /** Mean squared norm of the centred codes, ‖X̃‖² / n. */
  readonly scale: number
  /** Coefficients of the gradient X̃ᵀR; R [n, C] has columns of mean zero and may be kept. */
  gradient(residual: Matrix): Promise<Matrix>
  /** Takes coefficients in (and keeps them). */
  vector(coefficients: Matrix): Promise<WeightVector>
  /** out = X̃W, [n, C], for W = Σ factors[k] · vectors[k]. */
  logits(vectors: readonly WeightVector[], factors: ArrayLike<number>, out: Matrix): Promise<void>
}

/**
 * Weights as W = XᵀA, by G = X Xᵀ [n, n] alone: for codes longer than there are samples.
 *
 * One product G·A a vector; with H = I − 11ᵀ/n the centred matrix is HGH, so the product's column means come off.
 */
export async function gramSpace(gemm: Gemm, gram: Matrix): Promise<Space> {
  const n = gram.rows
  const ones: Matrix = { rows: n, columns: 1, data: new Float32Array(n).fill(1) }
  const sums = await gemm(gram, ones)
  let trace = 0
  for (let i = 0; i < n; i++) trace += (gram.data[i * n + i] as number) - (sums.data[i] as number) / n
  return {
    samples: n,
    scale: trace / n,
    gradient: async (residual) => residual,
    async vector(coefficients) {
      const product = await gemm(gram, coefficients)
      const shift = centreColumns(product)
      return { primal: coefficients, dual: product, shift }
    },
    async logits(vectors, factors, out) {
      combine(
        vectors.map(({ dual }) => dual.data),
        factors,
        out.data,
      )
    },
  }
}

/** Weights as they are, W [D, C], two products a step: for D ≤ n. */
export async function weightSpace(gemm: Gemm, codes: Matrix): Promise<Space> {
  const n = codes.rows
  const mean = columnSums(codes).map((sum) => sum / n)
  const meanRow: Matrix = { rows: 1, columns: codes.columns, data: Float32Array.from(mean) }
  const squares = dot(codes.data, codes.data) / n - mean.reduce((sum, value) => sum + value * value, 0)
  const shiftOf = async (weights: Matrix) => Float64Array.from((await gemm(meanRow, weights)).data)
  return {
    samples: n,
    scale: squares,
    gradient: (residual) => gemm(codes, residual, { transposeA: true }),
    async vector(weights) {
      return { primal: weights, dual: weights, shift: await shiftOf(weights) }
    },
    async logits(vectors, factors, out) {
      const weights: Matrix = { rows: codes.columns, columns: out.columns, data: new Float32Array(codes.columns * out.columns) }
      combine(
        vectors.map(({ primal }) => primal.data),
        factors,
        weights.data,
      )
      await gemm(codes, weights, { out: out.data })
      addToRows(out, -1, await shiftOf(weights))
    },
  }
}
