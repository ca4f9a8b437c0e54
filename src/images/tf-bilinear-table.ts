/** Along one axis, for each output position: the two input positions that it lies between, and the second one's share. */
export interface TfBilinearTable {
  readonly lower: Int32Array
  readonly upper: Int32Array
  readonly share: Float32Array
}

/**
 * Half-pixel centres, without antialiasing: however much an image shrinks, two neighbours make a pixel. float32 arithmetic.
 *
 * Source: TensorFlow, core/kernels/image/resize_bilinear_op.cc, compute_interpolation_weights, and HalfPixelScaler.
 */
export function tfBilinearTable(input: number, output: number): TfBilinearTable {
  const scale = Math.fround(input / output)
  const at = Float32Array.from({ length: output }, (_, i) => Math.fround(Math.fround(i + 0.5) * scale) - 0.5)
  return {
    lower: Int32Array.from(at, (position) => Math.max(Math.floor(position), 0)),
    upper: Int32Array.from(at, (position) => Math.min(Math.ceil(position), input - 1)),
    share: at.map((position) => position - Math.floor(position)),
  }
}
