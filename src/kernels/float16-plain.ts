/** What a conversion to float16 met on its way. */
export interface Float16Report {
  /** A finite value (|x| ≥ 65,520) became infinite: keep this data in float32. */
  readonly overflow: boolean
  /** The input itself held an infinity or NaN. */
  readonly nonFinite: boolean
}

/**
 * float32 → float16 bit patterns, rounded to nearest, ties to even, subnormals kept; NaN becomes the quiet NaN 0x7e00 with its sign.
 *
 * The readable twin of the WebAssembly kernel. Source: Fabian Giesen, float_to_half_fast3_rtne (public domain).
 */
export function toFloat16Plain(source: Float32Array, target: Uint16Array): Float16Report {
  checkRoom(source.length, target.length)
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length)
  let overflow = false
  let nonFinite = false
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] as number // hot loop: i is in range
    const magnitude = x & 0x7fffffff
    const half = halfOf(magnitude)
    target[i] = half | ((x >>> 16) & 0x8000)
    if (magnitude >= 0x7f800000) nonFinite = true
    else if (half === 0x7c00) overflow = true
  }
  return { overflow, nonFinite }
}

/** float16 bit patterns → float32, exact. The readable twin of the WebAssembly kernel. */
export function fromFloat16Plain(source: Uint16Array, target: Float32Array): void {
  checkRoom(source.length, target.length)
  for (let i = 0; i < source.length; i++) target[i] = singleOf(source[i] as number) // hot loop: i is in range
}

/** Both conversions need as much room as they have values. */
export function checkRoom(values: number, room: number): void {
  if (room < values) throw new RangeError(`Expected the target to hold ${values} values, got room for ${room}.`)
}

/** The bits of a float32 magnitude (sign removed) → the bits of a float16. */
function halfOf(magnitude: number): number {
  if (magnitude > 0x7f800000) return 0x7e00
  if (magnitude >= (127 + 16) << 23) return 0x7c00
  if (magnitude < 113 << 23) return subnormalHalf(magnitude)
  const odd = (magnitude >>> 13) & 1
  return (magnitude - (112 << 23) + 0xfff + odd) >>> 13
}

/** Below 2^-14: a multiple of 2^-24, rounded to even (a carry to 1,024 is the smallest normal number, as it should be). */
function subnormalHalf(magnitude: number): number {
  const exponent = magnitude >>> 23
  const scaled = exponent === 0 ? 0 : (1 + (magnitude & 0x7fffff) / 2 ** 23) * 2 ** (exponent - 127 + 24)
  const floor = Math.floor(scaled)
  const rest = scaled - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

function singleOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
