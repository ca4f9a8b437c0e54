import { once } from '../../base/once.js'
import { type Matrix, rowsOf } from '../../engine/gemm.js'
import { triangularInverse } from '../triangular-inverse.js'
import { addToRows, centreColumns, dot } from '../vector.js'
import { biasOf, meanSquare, type Ridge, type RidgeProblem, solveRefined, withoutOwn } from './ridge-problem.js'

/** Ridge by S = X̃ᵀX̃ [D, D]: W = (S + nλ)⁻¹ X̃ᵀỸ, h_i = 1/n + ‖T x̃_i‖² with T the triangular inverse of S + nλ. */
export function weightRidge(codes: Matrix, { gemm, targets, centred, shares }: RidgeProblem): Ridge {
  const n = codes.rows
  const means = centreColumns(codes)
  const products = once(async () => ({
    m: await gemm(codes, codes, { transposeA: true }),
    right: await gemm(codes, centred, { transposeA: true }),
  }))
  return {
    targets,
    scale: dot(codes.data, codes.data) / n,
    async fit(l2) {
      const shift = n * l2
      const { m, right } = await products()
      const inverse = await triangularInverse(gemm, m, shift)
      if (!inverse) return undefined
      const coefficients = await solveRefined(gemm, { m, shift, inverse }, right)
      const fitted = await gemm(codes, coefficients)
      addToRows(fitted, 1, shares)
      const whitened = await gemm(codes, inverse, { transposeB: true })
      const rest = Float64Array.from({ length: n }, (_, row) => {
        const own = rowsOf(whitened, row, row + 1).data
        return 1 - 1 / n - dot(own, own)
      })
      return {
        ...{ l2, coefficients, fitted },
        bias: biasOf(shares, coefficients, means),
        objective: meanSquare(targets, fitted) + l2 * dot(coefficients.data, coefficients.data),
        leftOut: withoutOwn(targets, (i) => (targets.data[i] as number) - (fitted.data[i] as number), rest),
      }
    },
  }
}
