import type { ResampleTable } from './resample-coefficients.js'

/** A table as the WebAssembly kernel reads it (src/kernels/assembly/resample.ts says how and why). */
export interface PackedTable {
  /** int32 [length, stride / 4]: first − begin, pairs, then (low, high) for each pair of taps. */
  readonly words: Int32Array
  /** Bytes in a row. */
  readonly stride: number
  /** Only the input positions from `begin` to before `end` are read. */
  readonly begin: number
  readonly end: number
}

const LOW_BITS = 15
const LOW_MASK = 2 ** LOW_BITS - 1

/** Splits each weight (less than 2^30, either sign) into its low 15 bits and the rest, 16 bits each, and lays two neighbouring taps side by side. */
export function packTable({ first, taps, weights, maxTaps }: ResampleTable): PackedTable {
  const rowWords = 2 + 2 * Math.ceil(maxTaps / 2)
  const words = new Int32Array(first.length * rowWords)
  const begin = first.reduce((least, position) => Math.min(least, position))
  let end = 0
  for (let row = 0; row < first.length; row++) {
    // hot loop: every index is in range
    const start = first[row] as number
    const count = taps[row] as number
    let at = row * rowWords
    words[at++] = start - begin
    words[at++] = (count + 1) >> 1
    end = Math.max(end, start + count)
    for (let k = row * maxTaps; k < row * maxTaps + count; k += 2) {
      const even = weights[k] as number
      const odd = k + 1 < row * maxTaps + count ? (weights[k + 1] as number) : 0
      words[at++] = sideBySide(even & LOW_MASK, odd & LOW_MASK)
      words[at++] = sideBySide(even >> LOW_BITS, odd >> LOW_BITS)
    }
  }
  return { words, stride: rowWords * 4, begin, end }
}

/** Two 16-bit numbers as one word. */
const sideBySide = (low: number, high: number) => (low & 0xffff) | (high << 16)
