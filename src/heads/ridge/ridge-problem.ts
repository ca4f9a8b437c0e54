import { type Gemm, type Matrix, matrix } from '../../engine/gemm.js'
import type { LinearHead } from '../linear-head.js'
import { addScaled } from '../vector.js'

/** A ridge head at one λ, and what its samples say of it. */
export interface RidgeFit extends LinearHead {
  readonly l2: number
  /** (1/n) Σ‖y − Wᵀx − b‖² + λ‖W‖² */
  readonly objective: number
  /** Scores of the samples, [n, C]. */
  readonly fitted: Matrix
  /** Scores of each sample by the head that is trained without it, [n, C]. */
  readonly leftOut: Matrix
}

/** Ridge regression on some samples. */
export interface Ridge {
  /** One-hot targets y, [n, C]. */
  readonly targets: Matrix
  /** Mean squared norm of the centred codes: the unit of λ. */
  readonly scale: number
  /** The head for λ; undefined where λ is too small for float32. */
  fit(l2: number): Promise<RidgeFit | undefined>
}

/** What both spaces are given. */
export interface RidgeProblem {
  readonly gemm: Gemm
  /** Y [n, C] */
  readonly targets: Matrix
  /** Ỹ [n, C], and what centring took off each column. */
  readonly centred: Matrix
  readonly shares: Float64Array
}

/** Steps of iterative refinement. */
const REFINEMENTS = 2

/** (M + shift)⁻¹ B from the triangular inverse of M + shift, refined. */
export async function solveRefined(
  gemm: Gemm,
  { m, shift, inverse }: { readonly m: Matrix; readonly shift: number; readonly inverse: Matrix },
  right: Matrix,
): Promise<Matrix> {
  const apply = async (b: Matrix) => gemm(inverse, await gemm(inverse, b), { transposeA: true })
  const solution = await apply(right)
  for (let step = 0; step < REFINEMENTS; step++) {
    const rest = await gemm(m, solution)
    for (let i = 0; i < rest.data.length; i++)
      rest.data[i] = (right.data[i] as number) - (rest.data[i] as number) - shift * (solution.data[i] as number)
    addScaled(solution.data, 1, (await apply(rest)).data)
  }
  return solution
}

/** Scores of samples that are left out: y − residual / rest, a factor for each row. */
export function withoutOwn(targets: Matrix, residual: (i: number) => number, rest: Float64Array): Matrix {
  const { rows, columns } = targets
  const scores = matrix(rows, columns)
  for (let row = 0, i = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++, i++) scores.data[i] = (targets.data[i] as number) - residual(i) / (rest[row] as number)
  }
  return scores
}

/** (1/n) Σ‖a_i − b_i‖² */
export function meanSquare(a: Matrix, b: Matrix): number {
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += ((a.data[i] as number) - (b.data[i] as number)) ** 2
  return sum / a.rows
}

/** b_c = share_c − Σ_i of[i, c] · by[i]: takes off what the centre of the codes gives. */
export function biasOf(shares: Float64Array, { columns, data }: Matrix, by: Float64Array): Float64Array {
  const bias = shares.slice()
  for (const [row, factor] of by.entries()) {
    for (let c = 0; c < columns; c++) bias[c] = (bias[c] as number) - factor * (data[row * columns + c] as number)
  }
  return bias
}
