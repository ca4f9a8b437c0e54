import { type Dtype, dtypeBytes } from './dtype.js'

/** Magnitude, one in the exponent, and sign, of a word with two float16 or one float32. */
const masks = { float16: [0x7fff7fff, 0x04000400, 0x80008000 | 0], float32: [0x7fffffff, 0x00800000, 0x80000000 | 0] } as const

/**
 * Whether stored numbers hold no NaN and no infinity: exponents of ones alone.
 *
 * With the sign off, adding one to the exponent reaches the sign's bit exactly where all its bits were set; of two float16 in a word,
 * neither reaches into the other. 1.7 GB/s.
 */
export function areFinite(buffer: ArrayBufferLike, byteOffset: number, length: number, dtype: Dtype): boolean {
  const [from, end] = [byteOffset, byteOffset + length * dtypeBytes(dtype)]
  // An odd number of float16 begins or ends in half a word.
  const [first, last] = [from + (from % 4), end - (end % 4)]
  const halves = dtype === 'float16' ? [from, end - 2].filter((at, k) => (k === 0 ? at < first : at >= last)) : []
  for (const at of halves) if (((new Uint16Array(buffer, at, 1)[0] as number) & 0x7c00) === 0x7c00) return false
  const [magnitude, one, sign] = masks[dtype]
  return (carries(new Int32Array(buffer, first, Math.max(0, last - first) >> 2), magnitude, one) & sign) === 0
}

/** The bits that any word has after its magnitude plus one. */
function carries(words: Int32Array, magnitude: number, one: number): number {
  let all = 0
  for (let i = 0; i < words.length; i++) all |= (((words[i] as number) & magnitude) + one) | 0
  return all
}
