/** Pillow's fixed point for 8-bit images: 32 bits − 8 of the pixel − 2 of headroom. */
export const PRECISION_BITS = 22

/** Pillow's filters; all but nearest with antialiasing. */
export type Filter = 'nearest' | 'box' | 'bilinear' | 'bicubic'

/** An axis of `input` pixels scaled to `scaled` ones, of which `length` from `from` on are made. */
export interface ResampledAxis {
  readonly input: number
  readonly scaled: number
  readonly from: number
  readonly length: number
}

/** Which input positions make each output position along one axis, and with what weight. */
export interface ResampleTable {
  /** The length of a row of `weights`: no output position has more taps. */
  readonly maxTaps: number
  /** int32 [length]: the first input position. */
  readonly first: Int32Array
  /** int32 [length]: the number of taps. */
  readonly taps: Int32Array
  /** int32 [length, maxTaps]: weights · 2^22, zero behind the last tap. */
  readonly weights: Int32Array
}

interface Shape {
  /** Half the width, in input pixels where nothing shrinks. */
  readonly support: number
  readonly weight: (x: number) => number
}

/** Source: Pillow, libImaging/Resample.c, box_filter, bilinear_filter and bicubic_filter (a = −0.5). */
const shapes: Readonly<Record<Exclude<Filter, 'nearest'>, Shape>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(1 - Math.abs(x), 0) },
  bicubic: { support: 2, weight: (x) => cubic(Math.abs(x)) },
}

export function resampleTable(axis: ResampledAxis, filter: Filter): ResampleTable {
  return filter === 'nearest' ? nearestTable(axis) : filterTable(axis, shapes[filter])
}

/**
 * The filter's shape around each output pixel's centre, as wide as an output pixel where that is more than an input pixel.
 *
 * Source: Pillow, libImaging/Resample.c, precompute_coeffs and normalize_coeffs_8bpc; float64 arithmetic in the same order.
 */
function filterTable({ input, scaled, from, length }: ResampledAxis, { support, weight }: Shape): ResampleTable {
  const scale = input / scaled
  const stretch = Math.max(scale, 1)
  const reach = support * stretch
  const inverse = 1 / stretch
  const maxTaps = Math.ceil(reach) * 2 + 1
  const first = new Int32Array(length)
  const taps = new Int32Array(length)
  const weights = new Int32Array(length * maxTaps)
  const raw = new Float64Array(maxTaps)
  for (let i = 0; i < length; i++) {
    const center = (from + i + 0.5) * scale
    const start = Math.max(Math.trunc(center - reach + 0.5), 0)
    const count = Math.min(Math.trunc(center + reach + 0.5), input) - start
    let sum = 0
    for (let k = 0; k < count; k++) sum += raw[k] = weight((k + start - center + 0.5) * inverse)
    first[i] = start
    taps[i] = count
    for (let k = 0; k < count; k++) weights[i * maxTaps + k] = fixedPoint((raw[k] as number) / sum) // hot loop: k is in range
  }
  return { maxTaps, first, taps, weights }
}

/**
 * The input pixel under each output pixel's centre; the position is summed up step by step, since sums round unlike products.
 *
 * Source: Pillow, libImaging/Geometry.c, ImagingScaleAffine.
 */
function nearestTable({ input, scaled, from, length }: ResampledAxis): ResampleTable {
  const scale = input / scaled
  const first = new Int32Array(length)
  let position = scale * 0.5
  for (let i = 0; i < from + length; i++) {
    if (i >= from) first[i - from] = Math.trunc(position)
    position += scale
  }
  return { maxTaps: 1, first, taps: new Int32Array(length).fill(1), weights: new Int32Array(length).fill(2 ** PRECISION_BITS) }
}

/** Keys' cubic with a = −0.5, of a distance. */
function cubic(x: number): number {
  const a = -0.5
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
}

/** Rounds half away from zero. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** PRECISION_BITS + (weight < 0 ? -0.5 : 0.5))
}
