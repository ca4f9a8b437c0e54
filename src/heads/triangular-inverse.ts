import { type Gemm, type Matrix, matrix, rowsOf } from '../engine/gemm.js'

/** Rows of a block that is factorised by plain loops. */
const SMALL = 96

/**
 * T = L⁻¹ of a symmetric positive definite M + shift = L Lᵀ, lower triangular: so (M + shift)⁻¹ = TᵀT. Undefined where float32 finds
 * it not positive definite.
 *
 * By halves, so that all but the smallest blocks are the engine's products, 4/3 n³ flops in all:
 *
 *     T₁ = inverse of M₁₁    L₂₁ = M₂₁ T₁ᵀ    T₂ = inverse of M₂₂ − L₂₁ L₂₁ᵀ    T₂₁ = −T₂ L₂₁ T₁
 */
export async function triangularInverse(gemm: Gemm, m: Matrix, shift = 0): Promise<Matrix | undefined> {
  const n = m.rows
  if (n <= SMALL) return smallInverse(m, shift)
  const half = Math.ceil(n / 2)
  const first = await triangularInverse(gemm, part(m, [0, half], [0, half]), shift)
  if (!first) return undefined
  const below = await gemm(part(m, [half, n], [0, half]), first, { transposeB: true })
  const rest = part(m, [half, n], [half, n])
  const product = await gemm(below, below, { transposeB: true })
  for (let i = 0; i < rest.data.length; i++) rest.data[i] = (rest.data[i] as number) - (product.data[i] as number)
  const second = await triangularInverse(gemm, rest, shift)
  if (!second) return undefined
  const corner = await gemm(second, await gemm(below, first))
  const inverse = matrix(n, n)
  for (let row = 0; row < half; row++) inverse.data.set(rowsOf(first, row, row + 1).data, row * n)
  for (let row = half; row < n; row++) {
    const to = inverse.data.subarray(row * n, (row + 1) * n)
    const from = rowsOf(corner, row - half, row - half + 1).data
    for (let column = 0; column < half; column++) to[column] = -(from[column] as number)
    to.set(rowsOf(second, row - half, row - half + 1).data, half)
  }
  return inverse
}

type Range = readonly [from: number, to: number]

/** A copy of some rows and columns. */
function part(of: Matrix, [top, bottom]: Range, [left, right]: Range): Matrix {
  const copy = matrix(bottom - top, right - left)
  for (let row = top; row < bottom; row++)
    copy.data.set(of.data.subarray(row * of.columns + left, row * of.columns + right), (row - top) * copy.columns)
  return copy
}

/** The same by plain loops in float64. */
function smallInverse({ rows: n, data }: Matrix, shift: number): Matrix | undefined {
  const lower = Float64Array.from(data.subarray(0, n * n))
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      const sum = (lower[i * n + j] as number) + (i === j ? shift : 0) - dotOf(lower, i * n, j * n, j)
      if (i === j && !(sum > 0)) return undefined
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / (lower[j * n + j] as number)
    }
  }
  const inverse = matrix(n, n)
  for (let j = 0; j < n; j++) {
    const column = new Float64Array(n)
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0
      for (let k = j; k < i; k++) sum -= (lower[i * n + k] as number) * (column[k] as number)
      column[i] = sum / (lower[i * n + i] as number)
      inverse.data[i * n + j] = column[i] as number
    }
  }
  return inverse
}

function dotOf(values: Float64Array, a: number, b: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += (values[a + k] as number) * (values[b + k] as number)
  return sum
}
