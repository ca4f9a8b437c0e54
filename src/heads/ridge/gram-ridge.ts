import type { Matrix } from '../../engine/gemm.js'
import { triangularInverse } from '../triangular-inverse.js'
import { addToRows, centreColumns, columnSums, dot } from '../vector.js'
import { biasOf, meanSquare, type Ridge, type RidgeProblem, solveRefined, withoutOwn } from './ridge-problem.js'

/**
 * Ridge by K = X̃X̃ᵀ [n, n]: W = X̃ᵀA, A = (K + nλ)⁻¹ Ỹ, and r_i / (1 − h_i) = A_i / ((K + nλ)⁻¹_ii − 1 / (n · nλ)).
 *
 * K and Ỹ have nothing along 1, so c 11ᵀ may be added to K: with c n its mean eigenvalue, what is taken off is 1 / (n (nλ + cn)), which
 * leaves the difference its digits.
 */
export function gramRidge(gram: Matrix, { gemm, targets, centred, shares }: RidgeProblem): Ridge {
  const n = gram.rows
  const { means, scale } = centre(gram)
  return {
    targets,
    scale,
    async fit(l2) {
      const shift = n * l2
      const inverse = await triangularInverse(gemm, gram, shift)
      if (!inverse) return undefined
      const coefficients = await solveRefined(gemm, { m: gram, shift, inverse }, centred)
      centreColumns(coefficients)
      const fitted = await gemm(gram, coefficients)
      const square = dot(coefficients.data, fitted.data)
      addToRows(fitted, 1, shares)
      const rest = columnSquares(inverse).map((value) => value - 1 / (n * (shift + scale)))
      return {
        ...{ l2, coefficients, fitted },
        bias: biasOf(shares, coefficients, means),
        objective: meanSquare(targets, fitted) + l2 * square,
        leftOut: withoutOwn(targets, (i) => coefficients.data[i] as number, rest),
      }
    },
  }
}

/** G → HGH + c 11ᵀ, H = I − 11ᵀ/n, in place; returns the row means of G, and cn = tr(HGH) / n. */
function centre(gram: Matrix): { readonly means: Float64Array; readonly scale: number } {
  const { rows: n, data } = gram
  const means = columnSums(gram).map((sum) => sum / n)
  const mean = means.reduce((sum, value) => sum + value, 0) / n
  let trace = -n * mean
  for (let i = 0; i < n; i++) trace += data[i * n + i] as number
  const scale = trace / n
  for (let row = 0, i = 0; row < n; row++) {
    const off = mean - (means[row] as number) + scale / n
    for (let column = 0; column < n; column++, i++) data[i] = (data[i] as number) - (means[column] as number) + off
  }
  return { means, scale }
}

/** Squared lengths of the columns. */
function columnSquares({ rows, columns, data }: Matrix): Float64Array {
  const squares = new Float64Array(columns)
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) squares[column] = (squares[column] as number) + (data[i] as number) ** 2
  }
  return squares
}
