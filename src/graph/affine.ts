/** The values that a tensor takes. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** How numbers stand as bytes: x ≈ scale · (q − zeroPoint), q in 0 … 255. */
export interface Affine {
  /** A float32. */
  readonly scale: number
  readonly zeroPoint: number
}

/** Scale of a tensor that is 0 throughout. */
const smallestScale = 2 ** -40

/**
 * The bytes' scale for a range. Zero is always one of the 256 values: padding and the zeros of a rectifier are exact,
 * and the bytes of a range from 0 on cannot go below it.
 */
export function affineOf({ min, max }: Range): Affine {
  const [low, high] = [Math.min(min, 0), Math.max(max, 0)]
  const scale = Math.fround(Math.max((high - low) / 255, smallestScale))
  return { scale, zeroPoint: Math.min(Math.round((0 - low) / scale), 255) }
}
