import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../src/base/random.js'
import { createGemm, type Matrix, matrix, rowsOf } from '../../src/engine/gemm.js'
import { expectClose } from '../helpers/expect-close.js'

const gemm = createGemm(1)

function noiseMatrix(rows: number, columns: number, random: Random): Matrix {
  return matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => random() - 0.5),
  )
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  return matrix(
    columns,
    rows,
    Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? Number.NaN),
  )
}

/** out[i, j] = Σ a[i, k] b[k, j], in double precision. */
function plainProduct(a: Matrix, b: Matrix): number[] {
  const out: number[] = []
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      let sum = 0
      for (let k = 0; k < a.columns; k++) sum += (a.data[i * a.columns + k] ?? 0) * (b.data[k * b.columns + j] ?? 0)
      out.push(sum)
    }
  }
  return out
}

describe('gemm', () => {
  it('refuses matrices that do not fit', async () => {
    await expect(gemm(matrix(2, 3), matrix(4, 5))).rejects.toThrow('Expected inner dimensions to agree, got [2, 3] · [4, 5]')
    await expect(gemm(matrix(2, 3), matrix(3, 5), { transposeA: true })).rejects.toThrow('got [3, 2] · [3, 5]')
    await expect(gemm(matrix(2, 3), matrix(3, 5), { out: new Float32Array(9) })).rejects.toThrow()
  })

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('multiplies, transposeA %s, transposeB %s', async (transposeA, transposeB) => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [5, 300, 7],
      [64, 33, 1],
      [3, 2, 100],
    ] as const) {
      const random = seededRandom(m * k * n)
      const [a, b] = [noiseMatrix(m, k, random), noiseMatrix(k, n, random)]
      const product = await gemm(transposeA ? transposed(a) : a, transposeB ? transposed(b) : b, { transposeA, transposeB })
      expect([product.rows, product.columns]).toEqual([m, n])
      // k products of at most 1/4, each rounded to 2^-24 of the sum so far
      expectClose(product.data, plainProduct(a, b), { absolute: k * 2 ** -24 })
    }
  })

  it('writes into out, which may be longer, and into a part of a larger matrix', async () => {
    const random = seededRandom(1)
    const [a, b] = [noiseMatrix(4, 6, random), noiseMatrix(6, 3, random)]
    const expected = plainProduct(a, b)
    const out = new Float32Array(20).fill(7)
    expect((await gemm(a, b, { out })).data).toBe(out)
    expectClose(out.subarray(0, 12), expected, { absolute: 1e-6 })
    expect([...out.subarray(12)]).toEqual(Array(8).fill(7))

    const whole = matrix(6, 3, new Float32Array(18).fill(7))
    await gemm(rowsOf(a, 1, 3), b, { out: rowsOf(whole, 2, 4).data })
    expectClose(whole.data.subarray(6, 12), expected.slice(3, 9), { absolute: 1e-6 })
    expect([...whole.data.subarray(0, 6), ...whole.data.subarray(12)]).toEqual(Array(12).fill(7))
  })
})
