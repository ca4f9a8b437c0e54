import type { Matrix } from '../../engine/gemm.js'
import type { Float16 } from '../../kernels/float16.js'
import type { WindowCodes } from './code-window.js'

export interface RowCopy {
  /** Takes the columns, [rows, columns]. */
  readonly block: Matrix
  /** The first column that is copied, default 0. */
  readonly from?: number
}

/** Copies columns of some rows of a window, as float32. */
export function copyRows(float16: Float16, { buffer, dtype, columns }: WindowCodes, rows: Int32Array, { block, from = 0 }: RowCopy): void {
  const width = block.columns
  for (let i = 0; i < rows.length; i++) {
    const first = (rows[i] as number) * columns + from
    const target = block.data.subarray(i * width, (i + 1) * width)
    if (dtype === 'float16') float16.fromFloat16(new Uint16Array(buffer, 2 * first, width), target)
    else target.set(new Float32Array(buffer, 4 * first, width))
  }
}
