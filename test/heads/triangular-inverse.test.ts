import { describe, expect, it } from 'vitest'
import { createGemm, matrix } from '../../src/engine/gemm.js'
import { triangularInverse } from '../../src/heads/triangular-inverse.js'
import { expectClose } from '../helpers/expect-close.js'
import { u } from './reference-codes.js'

const gemm = createGemm(1)
const products = async (n: number) => {
  const x = matrix(
    n,
    20,
    Float32Array.from({ length: 20 * n }, (_, i) => u(5, i) - 0.5),
  )
  return gemm(x, x, { transposeB: true })
}

describe('triangularInverse', () => {
  // 96 is the largest block without products; 193 and 500 are halved unevenly, several times.
  it.each([1, 7, 96, 97, 193, 500])('T M Tᵀ = 1 for %d rows, T lower triangular', async (n) => {
    const m = await products(n)
    const before = m.data.slice()
    const inverse = (await triangularInverse(gemm, m, 0.5)) ?? expect.fail('not positive definite')
    expect(m.data).toEqual(before)
    for (let i = 0; i < n; i++) m.data[i * n + i] = (m.data[i * n + i] ?? 0) + 0.5
    const whitened = await gemm(await gemm(inverse, m), inverse, { transposeB: true })
    const identity = Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
    expectClose(whitened.data, identity, { absolute: 2e-5 })
    expect(inverse.data.every((value, i) => i % n <= Math.floor(i / n) || value === 0)).toBe(true)
  })
  it.each([7, 300])('is undefined where %d rows are not positive definite', async (n) => {
    expect(await triangularInverse(gemm, await products(n), -5)).toBeUndefined()
  })
})
