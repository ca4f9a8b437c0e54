import { type Gemm, type Matrix, matrix } from '../engine/gemm.js'
import type { Space } from './space.js'
import { addCombination, addToRows, columnSums, dot } from './vector.js'

/** Weights W [D, C] as they are, two products a step (XᵀR and X·W): for codes no longer than there are samples. */
export async function weightSpace(gemm: Gemm, codes: Matrix): Promise<Space> {
  const n = codes.rows
  const mean = columnSums(codes).map((sum) => sum / n)
  const meanRow = matrix(1, codes.columns, Float32Array.from(mean))
  const shiftOf = async (weights: Matrix) => Float64Array.from((await gemm(meanRow, weights)).data)
  return {
    samples: n,
    features: codes.columns,
    scale: dot(codes.data, codes.data) / n - mean.reduce((sum, value) => sum + value * value, 0),
    gradient: (residual) => gemm(codes, residual, { transposeA: true }),
    vector: async (weights) => ({ primal: weights, dual: weights, shift: await shiftOf(weights) }),
    async logits(vectors, factors, out) {
      const weights = matrix(codes.columns, out.columns)
      const primals = vectors.map(({ primal }) => primal.data)
      addCombination(weights.data, primals, factors)
      await gemm(codes, weights, { out: out.data })
      addToRows(out, -1, await shiftOf(weights))
    },
  }
}
