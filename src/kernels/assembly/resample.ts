// Pillow's separable 8-bit resampler (libImaging/Resample.c) for 3 interleaved channels, bit for bit.
//
// Two taps at a time: with a 22-bit fixed-point weight k = hi·2^15 + lo (0 ≤ lo < 2^15, hi negative where k is) the 16-bit dot product of
// SIMD gives Σ p·k = (Σ p·hi)·2^15 + Σ p·lo, exact modulo 2^32, and the true sum lies between −2^31 and 2^31.
//
// A table row belongs to one output position: i32 first input position, i32 number of tap pairs, then for each pair
// two i32: (lo of tap 0 | lo of tap 1 << 16), (hi of tap 0 | hi of tap 1 << 16). An odd last tap is paired with weight 0.

const PRECISION_BITS: i32 = 22
const HALF: i32 = 1 << (PRECISION_BITS - 1)
const LOW_BITS: i32 = 15

/** [R0 G0 B0 R1 G1 B1 …] bytes → 16-bit lanes [R0 R1 G0 G1 B0 B1 - -]: two neighbouring pixels, paired by channel. */
// @ts-ignore: decorator
@inline
function pairPixels(src: usize): v128 {
  return v128.swizzle(v128.load64_zero(src), i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1))
}

/** Joins the two partial sums and removes the fixed point: i32 lanes, not yet clipped to 0…255. */
// @ts-ignore: decorator
@inline
function settle(hi: v128, lo: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.add(i32x4.shl(hi, LOW_BITS), lo), i32x4.splat(HALF)), PRECISION_BITS)
}

/** Clips i32 lanes to bytes; the first three are one pixel. Writes four bytes: the next pixel (or the row's padding) takes the fourth. */
// @ts-ignore: decorator
@inline
function storePixel(dst: usize, rgb: v128): void {
  const words = i16x8.narrow_i32x4_s(rgb, rgb)
  v128.store32_lane(dst, i8x16.narrow_i16x8_u(words, words), 0)
}

/**
 * Horizontal pass, four rows at once: uint8 [rows, srcStride] → uint8 [rows, dstStride], `rows` a multiple of 4.
 * Reads up to 5 bytes behind the last pixel; dstStride ≥ 3·outWidth + 1.
 */
export function resampleHorizontal(
  src: usize, srcStride: usize, rows: i32, dst: usize, dstStride: usize, table: usize, tableStride: usize, outWidth: i32,
): void {
  for (let y = 0; y < rows; y += 4) {
    let row = table
    let out = dst
    for (let x = 0; x < outWidth; x++) {
      let p = src + 3 * <usize>load<i32>(row)
      const end = row + 8 + 8 * <usize>load<i32>(row, 4)
      let hi0 = i32x4.splat(0), lo0 = hi0, hi1 = hi0, lo1 = hi0, hi2 = hi0, lo2 = hi0, hi3 = hi0, lo3 = hi0
      for (let k = row + 8; k < end; k += 8) {
        const lo = v128.load32_splat(k)
        const hi = v128.load32_splat(k, 4)
        const p0 = pairPixels(p)
        const p1 = pairPixels(p + srcStride)
        const p2 = pairPixels(p + 2 * srcStride)
        const p3 = pairPixels(p + 3 * srcStride)
        lo0 = i32x4.add(lo0, i32x4.dot_i16x8_s(p0, lo))
        hi0 = i32x4.add(hi0, i32x4.dot_i16x8_s(p0, hi))
        lo1 = i32x4.add(lo1, i32x4.dot_i16x8_s(p1, lo))
        hi1 = i32x4.add(hi1, i32x4.dot_i16x8_s(p1, hi))
        lo2 = i32x4.add(lo2, i32x4.dot_i16x8_s(p2, lo))
        hi2 = i32x4.add(hi2, i32x4.dot_i16x8_s(p2, hi))
        lo3 = i32x4.add(lo3, i32x4.dot_i16x8_s(p3, lo))
        hi3 = i32x4.add(hi3, i32x4.dot_i16x8_s(p3, hi))
        p += 6
      }
      storePixel(out, settle(hi0, lo0))
      storePixel(out + dstStride, settle(hi1, lo1))
      storePixel(out + 2 * dstStride, settle(hi2, lo2))
      storePixel(out + 3 * dstStride, settle(hi3, lo3))
      row += tableStride
      out += 3
    }
    src += 4 * srcStride
    dst += 4 * dstStride
  }
}

/**
 * Vertical pass, 16 bytes at once: uint8 [inHeight + 1, stride] → uint8 [outHeight, stride], `stride` a multiple of 16.
 * May read (with weight 0) the row behind the last one.
 */
export function resampleVertical(src: usize, dst: usize, stride: usize, table: usize, tableStride: usize, outHeight: i32): void {
  for (let y = 0; y < outHeight; y++) {
    const first = src + stride * <usize>load<i32>(table)
    const end = table + 8 + 8 * <usize>load<i32>(table, 4)
    for (let x: usize = 0; x < stride; x += 16) {
      let p = first + x
      let hi0 = i32x4.splat(0), lo0 = hi0, hi1 = hi0, lo1 = hi0, hi2 = hi0, lo2 = hi0, hi3 = hi0, lo3 = hi0
      for (let k = table + 8; k < end; k += 8) {
        const lo = v128.load32_splat(k)
        const hi = v128.load32_splat(k, 4)
        const a = v128.load(p)
        const b = v128.load(p + stride)
        const left = v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
        const right = v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
        const p0 = i16x8.extend_low_i8x16_u(left)
        const p1 = i16x8.extend_high_i8x16_u(left)
        const p2 = i16x8.extend_low_i8x16_u(right)
        const p3 = i16x8.extend_high_i8x16_u(right)
        lo0 = i32x4.add(lo0, i32x4.dot_i16x8_s(p0, lo))
        hi0 = i32x4.add(hi0, i32x4.dot_i16x8_s(p0, hi))
        lo1 = i32x4.add(lo1, i32x4.dot_i16x8_s(p1, lo))
        hi1 = i32x4.add(hi1, i32x4.dot_i16x8_s(p1, hi))
        lo2 = i32x4.add(lo2, i32x4.dot_i16x8_s(p2, lo))
        hi2 = i32x4.add(hi2, i32x4.dot_i16x8_s(p2, hi))
        lo3 = i32x4.add(lo3, i32x4.dot_i16x8_s(p3, lo))
        hi3 = i32x4.add(hi3, i32x4.dot_i16x8_s(p3, hi))
        p += 2 * stride
      }
      const left16 = i16x8.narrow_i32x4_s(settle(hi0, lo0), settle(hi1, lo1))
      const right16 = i16x8.narrow_i32x4_s(settle(hi2, lo2), settle(hi3, lo3))
      v128.store(dst + x, i8x16.narrow_i16x8_u(left16, right16))
    }
    dst += stride
    table += tableStride
  }
}
