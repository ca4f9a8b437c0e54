// TensorFlow's bilinear resize without antialiasing: four pixels make one, in float32, (top left + (top right − top left)·x) first.
// A pixel is one vector: the lanes R, G, B and one that is not used.

/** Three bytes and one more → float32 lanes. */
// @ts-ignore: decorator
@inline
function pixel(src: usize): v128 {
  const words = i16x8.extend_low_i8x16_u(v128.load32_zero(src))
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(words))
}

// @ts-ignore: decorator
@inline
function between(from: v128, to: v128, share: v128): v128 {
  return f32x4.add(from, f32x4.mul(f32x4.sub(to, from), share))
}

/**
 * One row: two rows of RGB triples → (v − mean) / scale, written where `red`, `green` and `blue` point, `step` bytes on for each pixel.
 *
 * A table row belongs to one pixel: byte offset of its left neighbour, of its right one (both i32), the right one's share (f32).
 * `parameters`: 12 float32, the means R G B -, the scales R G B -, four times the bottom row's share. Reads a byte behind the last pixel.
 */
export function tfBilinearRow(
  top: usize, bottom: usize, table: usize, width: i32, parameters: usize, red: usize, green: usize, blue: usize, step: usize,
): void {
  const mean = v128.load(parameters)
  const scale = v128.load(parameters, 16)
  const down = v128.load(parameters, 32)
  for (let x = 0; x < width; x++) {
    const left = <usize>load<i32>(table)
    const right = <usize>load<i32>(table, 4)
    const across = v128.load32_splat(table, 8)
    const upper = between(pixel(top + left), pixel(top + right), across)
    const lower = between(pixel(bottom + left), pixel(bottom + right), across)
    const values = f32x4.div(f32x4.sub(between(upper, lower, down), mean), scale)
    v128.store32_lane(red, values, 0)
    v128.store32_lane(green, values, 1)
    v128.store32_lane(blue, values, 2)
    red += step
    green += step
    blue += step
    table += 12
  }
}
