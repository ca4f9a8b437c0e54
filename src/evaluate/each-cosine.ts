import type { Floats } from '../base/floats.js'
import { createGemm, matrix } from '../engine/gemm.js'
import type { UnitCodes } from './unit-codes.js'

/** Rows that are held while blocks of others stream past, and rows of such a block. */
const [groupRows, blockRows] = [4096, 1024] as const

/** Similarities of row `row` with the rows from `from` on, which all stand behind it. */
export type SeeCosines = (row: number, from: number, cosines: Floats) => void

export interface EachCosineOptions {
  /** Pairs with one of the first so many rows alone; default all. */
  readonly first?: number | undefined
  readonly onShare?: ((share: number) => void) | undefined
}

/**
 * Calls `see` with the cosines of every pair of rows, each pair once, by matrix products over the upper triangle: N² D flops, and
 * memory for 4,096 × 1,024 products beside the codes.
 */
export async function eachCosine({ images, rows }: UnitCodes, see: SeeCosines, options: EachCosineOptions = {}): Promise<void> {
  const gemm = createGemm()
  const n = images.length
  const { first: held = n, onShare } = options
  const products = new Float32Array(Math.min(n, groupRows) * Math.min(n, blockRows))
  const all = held * (n - held / 2)
  let done = 0
  for (let group = 0; group < held; group += groupRows) {
    const end = Math.min(held, group + groupRows)
    const grouped = rows(group, end)
    for (let from = group; from < n; from += blockRows) {
      const to = Math.min(n, from + blockRows)
      // Of rows behind the block nothing is new: the triangle.
      const above = Math.min(end, to) - group
      const size = above * (to - from)
      const one = matrix(above, grouped.columns, grouped.data.subarray(0, above * grouped.columns))
      const { data } = await gemm(one, rows(from, to), { transposeB: true, out: products.subarray(0, size) })
      for (let row = 0; row < above; row++) {
        const first = Math.max(from, group + row + 1)
        if (first < to) see(group + row, first, data.subarray(row * (to - from) + first - from, (row + 1) * (to - from)))
      }
      done += size
      onShare?.(Math.min(1, done / all))
    }
  }
}
