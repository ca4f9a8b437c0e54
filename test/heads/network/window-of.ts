import type { Matrix } from '../../../src/engine/gemm.js'
import type { WindowCodes } from '../../../src/heads/network/code-window.js'

/** Codes as a window of float32. */
export function windowOf({ rows, columns, data }: Matrix): WindowCodes {
  const buffer = new SharedArrayBuffer(4 * rows * columns)
  new Float32Array(buffer).set(data)
  return { buffer, dtype: 'float32', rows, columns }
}
