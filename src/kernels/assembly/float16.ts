// float32 ↔ float16, eight values a round, branch-free. Source: Fabian Giesen, "float_to_half_fast3_rtne" and "half_to_float_fast4" (public domain).

const OVERFLOW: i32 = 1
const NON_FINITE: i32 = 2

/** 2^16 as float32 bits: from here on float16 has only infinity. */
const TOO_LARGE: i32 = (127 + 16) << 23
const INFINITY32: i32 = 255 << 23
/** 2^-14 as float32 bits, the smallest normal float16. */
const SMALLEST_NORMAL: i32 = 113 << 23
/** 0.5: adding it to a value below 2^-14 leaves the rounded multiple of 2^-24 in the lowest bits. */
const SUBNORMAL_MAGIC: i32 = 126 << 23

/** Four float32 magnitudes (sign removed) → four float16 bit patterns, round to nearest, ties to even; NaN becomes 0x7e00. */
// @ts-ignore: decorator
@inline
function halfOf(a: v128): v128 {
  const odd = v128.and(i32x4.shr_u(a, 13), i32x4.splat(1))
  const rebias = i32x4.splat(((15 - 127) << 23) + 0xfff)
  const normal = i32x4.shr_u(i32x4.add(i32x4.add(a, rebias), odd), 13)
  const magic = i32x4.splat(SUBNORMAL_MAGIC)
  const subnormal = i32x4.sub(f32x4.add(a, magic), magic)
  const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(a, i32x4.splat(SMALLEST_NORMAL)))
  const isNaN = i32x4.gt_s(a, i32x4.splat(INFINITY32))
  const special = v128.bitselect(i32x4.splat(0x7e00), i32x4.splat(0x7c00), isNaN)
  return v128.bitselect(special, finite, i32x4.ge_s(a, i32x4.splat(TOO_LARGE)))
}

/**
 * `count` float32 at `src` → float16 at `dst`; both have room for the next multiple of 8, whose surplus in `src` is zero.
 * Returns OVERFLOW where a finite value became infinite, plus NON_FINITE where the input had infinities or NaN.
 */
export function float32ToFloat16(src: usize, dst: usize, count: i32): i32 {
  const signBit = i32x4.splat(0x80000000)
  const infinity32 = i32x4.splat(INFINITY32)
  const infinity16 = i32x4.splat(0x7c00)
  let overflow = i32x4.splat(0)
  let nonFinite = i32x4.splat(0)
  for (let i = 0; i < count; i += 8) {
    const x0 = v128.load(src)
    const x1 = v128.load(src, 16)
    const a0 = v128.andnot(x0, signBit)
    const a1 = v128.andnot(x1, signBit)
    const h0 = halfOf(a0)
    const h1 = halfOf(a1)
    const wild0 = i32x4.ge_s(a0, infinity32)
    const wild1 = i32x4.ge_s(a1, infinity32)
    nonFinite = v128.or(nonFinite, v128.or(wild0, wild1))
    overflow = v128.or(overflow, v128.andnot(i32x4.eq(h0, infinity16), wild0))
    overflow = v128.or(overflow, v128.andnot(i32x4.eq(h1, infinity16), wild1))
    const s0 = i32x4.shr_u(v128.and(x0, signBit), 16)
    const s1 = i32x4.shr_u(v128.and(x1, signBit), 16)
    v128.store(dst, i16x8.narrow_i32x4_u(v128.or(h0, s0), v128.or(h1, s1)))
    src += 32
    dst += 16
  }
  return (v128.any_true(overflow) ? OVERFLOW : 0) | (v128.any_true(nonFinite) ? NON_FINITE : 0)
}

/**
 * Four float16 bit patterns, sign-extended to 32 bits → float32, exact.
 * Sign to bit 31, the rest to bits 13-27 and times 2^112 moves the exponent's bias (15 → 127) and makes subnormals normal;
 * exponent 31 (infinity, NaN) gets all its bits set.
 */
// @ts-ignore: decorator
@inline
function singleOf(h: v128): v128 {
  const placed = v128.and(i32x4.shl(h, 13), i32x4.splat(0x8fffe000))
  const exponent = i32x4.splat(0x7c00 << 13)
  const special = v128.and(i32x4.eq(v128.and(placed, exponent), exponent), i32x4.splat(INFINITY32))
  return v128.or(f32x4.mul(placed, i32x4.splat((127 + 112) << 23)), special)
}

/** `count` float16 at `src` → float32 at `dst`; both have room for the next multiple of 8. */
export function float16ToFloat32(src: usize, dst: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    v128.store(dst, singleOf(v128.load_ext<i16>(src)))
    v128.store(dst, singleOf(v128.load_ext<i16>(src, 8)), 16)
    src += 16
    dst += 32
  }
}
