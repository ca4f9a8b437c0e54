import { type Gemm, type Matrix, matrix } from '../engine/gemm.js'
import { addScaled } from './vector.js'

/** Codes X [rows, columns] of samples in blocks: always the same blocks in the same order. */
export interface CodeBlocks {
  readonly rows: number
  readonly columns: number
  /** Calls `visit` with each block, valid until it resolves, and with the place of each of its rows in X. */
  each(visit: (codes: Matrix, places: Int32Array) => Promise<void> | void): Promise<void>
}

/** Codes that are in memory, as one block. */
export function oneBlock(codes: Matrix): CodeBlocks {
  const places = Int32Array.from({ length: codes.rows }, (_, row) => row)
  return { rows: codes.rows, columns: codes.columns, each: async (visit) => visit(codes, places) }
}

/** XᵀR [D, C], R [rows, C]. `spare` [D, C], where it is given, is written over. */
export async function transposedProduct(gemm: Gemm, blocks: CodeBlocks, r: Matrix, spare?: Matrix): Promise<Matrix> {
  let sum: Matrix | undefined
  let more = spare
  await blocks.each(async (codes, places) => {
    const rows = takeRows(r, places)
    if (!sum) sum = await gemm(codes, rows, { transposeA: true })
    else {
      more = await gemm(codes, rows, { transposeA: true, ...(more && { out: more.data }) })
      addScaled(sum.data, 1, more.data)
    }
  })
  return sum ?? matrix(blocks.columns, r.columns)
}

/** out = X W [rows, C], W [D, C]. */
export async function product(gemm: Gemm, blocks: CodeBlocks, w: Matrix, out: Matrix): Promise<void> {
  await blocks.each(async (codes, places) => {
    const { data } = await gemm(codes, w)
    for (const [at, place] of places.entries()) {
      out.data.set(data.subarray(at * w.columns, (at + 1) * w.columns), place * w.columns)
    }
  })
}

/** Some rows of a matrix, copied. */
function takeRows({ columns, data }: Matrix, rows: Int32Array): Matrix {
  const taken = matrix(rows.length, columns)
  for (const [at, row] of rows.entries()) taken.data.set(data.subarray(row * columns, (row + 1) * columns), at * columns)
  return taken
}
