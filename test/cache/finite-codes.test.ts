import { describe, expect, it } from 'vitest'
import { areFinite } from '../../src/cache/finite-codes.js'

describe('areFinite', () => {
  it('tells every float16 as its exponent says, in either half of a word', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      const finite = (bits & 0x7c00) !== 0x7c00
      for (const halves of [
        [bits, 0xfbff],
        [0x7bff, bits],
      ]) {
        if (areFinite(Uint16Array.from(halves).buffer, 0, 2, 'float16') !== finite) throw new Error(`wrong for ${bits.toString(16)}`)
      }
    }
  })

  it.each([0, 1, 2, 3, 4, 5])('sees the odd float16 at both ends, the bad one at %i', (at) => {
    const codes = new Uint16Array(6).fill(0x7bff)
    codes[at] = 0xfc00
    const slices = [1, 2, 3].flatMap((from) => [1, 2, 3].map((length) => ({ from, length })))
    for (const { from, length } of slices) {
      expect(areFinite(codes.buffer, 2 * from, length, 'float16')).toBe(!(at >= from && at < from + length))
    }
  })

  it.each([
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
    [Number.NEGATIVE_INFINITY, false],
    [-3.4028234663852886e38, true],
    [-0, true],
    [1e-45, true],
  ])('float32 %f: %s', (value, finite) => {
    expect(areFinite(Float32Array.of(3.4028234663852886e38, value, -1).buffer, 0, 3, 'float32')).toBe(finite)
    expect(areFinite(Float32Array.of(value, 1).buffer, 4, 1, 'float32')).toBe(true)
  })
})
