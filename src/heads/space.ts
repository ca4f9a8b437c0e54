import type { Matrix } from '../engine/gemm.js'

/**
 * One vector of weights, W [D, C], as a space keeps it.
 *
 * ⟨W, W'⟩ = Σ primal · dual', element by element.
 */
export interface WeightVector {
  /** Coefficients: A [n, C] with W = XᵀA in Gram space, W itself in weight space. */
  readonly primal: Matrix
  /** Centred logits of the train samples, X̃W [n, C], in Gram space; W itself in weight space. */
  readonly dual: Matrix
  /** μᵀW [C]: what centring the codes takes off the logits. */
  readonly shift: Float64Array
}

/**
 * The codes X [n, D] of the train samples as a solver sees them: centred by their mean μ [D], X̃ = X − 1μᵀ.
 *
 * Centring changes no optimum, since the bias is free (b = c − μᵀW), and needs far fewer steps.
 */
export interface Space {
  /** n */
  readonly samples: number
  /** Rows of coefficients: n in Gram space, D in weight space. */
  readonly features: number
  /** Mean squared norm of the centred codes, ‖X̃‖² / n: the unit of `l2`. */
  readonly scale: number
  /** Vectors that there is memory for; default as many as serve a solver. */
  readonly capacity?: number | undefined
  /** Coefficients of X̃ᵀR, the gradient that R [n, C] stands for; the columns of R have mean zero. May keep R. */
  gradient(residual: Matrix): Promise<Matrix>
  /** The vector with these coefficients, which it keeps. In Gram space their columns have mean zero. */
  vector(coefficients: Matrix): Promise<WeightVector>
  /** out = X̃W [n, C], W = Σ factors[k] · vectors[k]. */
  logits(vectors: readonly WeightVector[], factors: readonly number[], out: Matrix): Promise<void>
}
