/** (x, y) → (a x + b y + c, d x + e y + f): the six numbers in this order. */
export type Affine = readonly [number, number, number, number, number, number]

export const identity: Affine = [1, 0, 0, 0, 1, 0]

export const scaled = (x: number, y: number): Affine => [x, 0, 0, 0, y, 0]
export const moved = (x: number, y: number): Affine => [1, 0, x, 0, 1, y]

/** Turns by an angle in degrees from x towards y, which is clockwise where y points down; quarter turns are exact. */
export function turned(degrees: number): Affine {
  const quarters = degrees / 90
  const exact = Number.isInteger(quarters)
  const radians = (degrees * Math.PI) / 180
  const cos = exact ? ([1, 0, -1, 0][((quarters % 4) + 4) % 4] ?? 1) : Math.cos(radians)
  const sin = exact ? ([0, 1, 0, -1][((quarters % 4) + 4) % 4] ?? 0) : Math.sin(radians)
  return [cos, -sin, 0, sin, cos, 0]
}

/** The last of the maps first, then the one before it, and so on: the product of their matrices. */
export function compose(...maps: readonly Affine[]): Affine {
  return maps.reduce(product, identity)
}

function product([a, b, c, d, e, f]: Affine, [g, h, i, j, k, l]: Affine): Affine {
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f]
}
