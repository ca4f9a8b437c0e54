/** Pillow's fixed point for 8-bit images: 32 bits − 8 of the pixel − 2 of headroom. */
export const PRECISION_BITS = 22

/** Which input positions make each output position along one axis, and with what weight. */
export interface ResampleTable {
  /** The length of a row of `weights`: no output position has more taps. */
  readonly maxTaps: number
  /** int32 [output]: the first input position. */
  readonly first: Int32Array
  /** int32 [output]: the number of taps. */
  readonly taps: Int32Array
  /** int32 [output, maxTaps]: weights · 2^22, zero behind the last tap. */
  readonly weights: Int32Array
}

/**
 * Bilinear with antialiasing: a triangle of half-width max(input / output, 1) input pixels around each output pixel's centre.
 *
 * Source: Pillow, libImaging/Resample.c, precompute_coeffs and normalize_coeffs_8bpc; float64 arithmetic in the same order.
 */
export function resampleTable(input: number, output: number): ResampleTable {
  const scale = input / output
  const support = Math.max(scale, 1)
  const maxTaps = Math.ceil(support) * 2 + 1
  const first = new Int32Array(output)
  const taps = new Int32Array(output)
  const weights = new Int32Array(output * maxTaps)
  const raw = new Float64Array(maxTaps)
  for (let i = 0; i < output; i++) {
    const center = (i + 0.5) * scale
    const start = Math.max(Math.trunc(center - support + 0.5), 0)
    const count = Math.min(Math.trunc(center + support + 0.5), input) - start
    const sum = triangleWeights(raw.subarray(0, count), start, center, 1 / support)
    first[i] = start
    taps[i] = count
    for (let k = 0; k < count; k++) weights[i * maxTaps + k] = fixedPoint((raw[k] as number) / sum) // hot loop: k is in range
  }
  return { maxTaps, first, taps, weights }
}

/** raw[k] = 1 − |distance of input position start + k from the centre| · inverse, never below 0; returns their sum. */
function triangleWeights(raw: Float64Array, start: number, center: number, inverse: number): number {
  let sum = 0
  for (let k = 0; k < raw.length; k++) {
    const weight = Math.max(1 - Math.abs((k + start - center + 0.5) * inverse), 0)
    raw[k] = weight
    sum += weight
  }
  return sum
}

/** Rounds half up; every weight of this filter is positive. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** PRECISION_BITS + 0.5)
}
