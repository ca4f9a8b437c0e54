// uint8 RGB → float32 (v − mean[c]) / scale[c], four pixels at once. A row's surplus (width not a multiple of 4) spills into
// what is written next, the last row's into 12 floats of padding behind the output.

/** Four values, one in each 32-bit lane → (v − mean) / scale. */
// @ts-ignore: decorator
@inline
function scaled(values: v128, mean: v128, scale: v128): v128 {
  return f32x4.div(f32x4.sub(f32x4.convert_i32x4_u(values), mean), scale)
}

/**
 * uint8 [height, stride] (rows of RGB triples) → three float32 planes [height, width] at `red`, `green`, `blue`.
 * `parameters`: six float32, the means and then the scales of R, G, B. `stride` ≥ 3·width rounded up to 16 bytes.
 */
export function normalisePlanar(
  src: usize, stride: usize, width: i32, height: i32, parameters: usize, red: usize, green: usize, blue: usize,
): void {
  const meanR = v128.load32_splat(parameters)
  const meanG = v128.load32_splat(parameters, 4)
  const meanB = v128.load32_splat(parameters, 8)
  const scaleR = v128.load32_splat(parameters, 12)
  const scaleG = v128.load32_splat(parameters, 16)
  const scaleB = v128.load32_splat(parameters, 20)
  for (let y = 0; y < height; y++) {
    let p = src
    for (let x: i32 = 0; x < width; x += 4) {
      const at = <usize>x << 2
      const bytes = v128.load(p)
      const r = v128.swizzle(bytes, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1))
      const g = v128.swizzle(bytes, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1))
      const b = v128.swizzle(bytes, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1))
      v128.store(red + at, scaled(r, meanR, scaleR))
      v128.store(green + at, scaled(g, meanG, scaleG))
      v128.store(blue + at, scaled(b, meanB, scaleB))
      p += 12
    }
    const bytesOfRow = <usize>width << 2
    src += stride
    red += bytesOfRow
    green += bytesOfRow
    blue += bytesOfRow
  }
}

/**
 * uint8 [height, stride] (rows of RGB triples) → float32 [height, width, 3] at `dst`, the triple turned round where `reverse` is not 0.
 * `parameters`: 24 float32, the means of twelve values in the output's order (c0 c1 c2 c0 …), then their scales.
 */
export function normaliseInterleaved(
  src: usize, stride: usize, width: i32, height: i32, parameters: usize, dst: usize, reverse: i32,
): void {
  const mean0 = v128.load(parameters), mean1 = v128.load(parameters, 16), mean2 = v128.load(parameters, 32)
  const scale0 = v128.load(parameters, 48), scale1 = v128.load(parameters, 64), scale2 = v128.load(parameters, 80)
  for (let y = 0; y < height; y++) {
    let p = src
    let out = dst
    for (let x: i32 = 0; x < width; x += 4) {
      let bytes = v128.load(p)
      if (reverse) bytes = v128.shuffle<u8>(bytes, bytes, 2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 12, 13, 14, 15)
      const low = i16x8.extend_low_i8x16_u(bytes)
      const high = i16x8.extend_high_i8x16_u(bytes)
      v128.store(out, scaled(i32x4.extend_low_i16x8_u(low), mean0, scale0))
      v128.store(out, scaled(i32x4.extend_high_i16x8_u(low), mean1, scale1), 16)
      v128.store(out, scaled(i32x4.extend_low_i16x8_u(high), mean2, scale2), 32)
      p += 12
      out += 48
    }
    src += stride
    dst += 12 * <usize>width
  }
}
