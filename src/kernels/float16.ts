import { checkRoom, type Float16Report } from './float16-plain.js'
import type { Kernels } from './kernels.js'

/** Converts between float32 and float16 bit patterns, any length. */
export interface Float16 {
  /** Rounds to nearest, ties to even; `target` may be longer than `source`, never shorter. */
  toFloat16(source: Float32Array, target: Uint16Array): Float16Report
  /** Exact; `target` may be longer than `source`, never shorter. */
  fromFloat16(source: Uint16Array, target: Float32Array): void
}

/** Values a round: 1.5 MiB of working memory (smaller chunks measured 10-20 % slower). */
const CHUNK = 262_144
const OVERFLOW = 1
const NON_FINITE = 2

/** The conversions by WebAssembly SIMD; data is copied through the kernels' memory chunk by chunk. */
export function createFloat16(kernels: Kernels): Float16 {
  const { memory } = kernels
  return {
    toFloat16(source, target) {
      checkRoom(source.length, target.length)
      const singles = kernels.scratch(CHUNK * 6)
      const halves = singles + CHUNK * 4
      const input = new Float32Array(memory.buffer, singles, CHUNK)
      const output = new Uint16Array(memory.buffer, halves, CHUNK)
      let flags = 0
      for (let start = 0; start < source.length; start += CHUNK) {
        const part = source.subarray(start, start + CHUNK)
        input.set(part)
        input.fill(0, part.length, part.length + 7) // the kernel rounds the count up to 8 values
        flags |= kernels.float32ToFloat16(singles, halves, part.length)
        target.set(part.length === CHUNK ? output : output.subarray(0, part.length), start)
      }
      return { overflow: (flags & OVERFLOW) !== 0, nonFinite: (flags & NON_FINITE) !== 0 }
    },
    fromFloat16(source, target) {
      checkRoom(source.length, target.length)
      const singles = kernels.scratch(CHUNK * 6)
      const halves = singles + CHUNK * 4
      const input = new Uint16Array(memory.buffer, halves, CHUNK)
      const output = new Float32Array(memory.buffer, singles, CHUNK)
      for (let start = 0; start < source.length; start += CHUNK) {
        const part = source.subarray(start, start + CHUNK)
        input.set(part)
        kernels.float16ToFloat32(halves, singles, part.length)
        target.set(part.length === CHUNK ? output : output.subarray(0, part.length), start)
      }
    },
  }
}
