import type { ResampleTable } from './resample-coefficients.js'

/** A table as the WebAssembly kernel reads it (src/kernels/assembly/resample.ts says how and why). */
export interface PackedTable {
  /** int32 [output, stride / 4]: first, pairs, then (low, high) for each pair of taps. */
  readonly words: Int32Array
  /** Bytes in a row. */
  readonly stride: number
}

const LOW_BITS = 15
const LOW_MASK = 2 ** LOW_BITS - 1

/** Splits each weight (at most 2^22) into its low 15 bits and the rest, 16 bits each, and lays two neighbouring taps side by side. */
export function packTable({ first, taps, weights, maxTaps }: ResampleTable): PackedTable {
  const rowWords = 2 + 2 * Math.ceil(maxTaps / 2)
  const words = new Int32Array(first.length * rowWords)
  for (let row = 0; row < first.length; row++) {
    // hot loop: every index is in range
    const count = taps[row] as number
    let at = row * rowWords
    words[at++] = first[row] as number
    words[at++] = (count + 1) >> 1
    for (let k = row * maxTaps; k < row * maxTaps + count; k += 2) {
      const even = weights[k] as number
      const odd = k + 1 < row * maxTaps + count ? (weights[k + 1] as number) : 0
      words[at++] = (even & LOW_MASK) | ((odd & LOW_MASK) << 16)
      words[at++] = (even >> LOW_BITS) | ((odd >> LOW_BITS) << 16)
    }
  }
  return { words, stride: rowWords * 4 }
}
