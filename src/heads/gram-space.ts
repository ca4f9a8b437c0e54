import { type Gemm, type Matrix, matrix } from '../engine/gemm.js'
import type { Space } from './space.js'
import { addCombination, centreColumns, dot } from './vector.js'

/**
 * Weights W = XᵀA by way of G = XXᵀ [n, n] alone: for codes longer than there are samples.
 *
 * One product G·A a vector. With H = I − 11ᵀ/n the Gram matrix of centred codes is HGH: A's columns already have mean zero, the
 * product's means come off. ‖X̃‖² = tr G − 1ᵀG1 / n.
 */
export async function gramSpace(gemm: Gemm, gram: Matrix): Promise<Space> {
  const n = gram.rows
  const ones = matrix(n, 1, new Float32Array(n).fill(1))
  const rowSums = await gemm(gram, ones)
  const trace = Array.from({ length: n }, (_, i) => gram.data[i * n + i] as number).reduce((sum, value) => sum + value, 0)
  return {
    samples: n,
    features: n,
    scale: (trace - dot(rowSums.data, ones.data) / n) / n,
    gradient: async (residual) => residual,
    async vector(coefficients) {
      const dual = await gemm(gram, coefficients)
      const shift = centreColumns(dual)
      return { primal: coefficients, dual, shift }
    },
    async logits(vectors, factors, out) {
      const duals = vectors.map(({ dual }) => dual.data)
      out.data.fill(0)
      addCombination(out.data, duals, factors)
    },
  }
}
