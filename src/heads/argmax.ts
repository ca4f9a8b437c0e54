import type { Matrix } from '../engine/gemm.js'

/** The column of the largest value of each row, the first one on ties: the predicted class of each sample. */
export function argmaxRows({ rows, columns, data }: Matrix): Int32Array {
  const best = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const from = row * columns
    let top = from
    for (let i = from + 1; i < from + columns; i++) if ((data[i] as number) > (data[top] as number)) top = i
    best[row] = top - from
  }
  return best
}
