/**
 * Where a pattern has ink: positive inside, negative outside, about ±1 at most; u and v are distances from the picture's middle
 * in units of the pattern's own size.
 */
export type Pattern = (u: number, v: number) => number

const turn = 2 * Math.PI

/** The classes of the demo data set, by the name of their folder. */
export const demoPatterns = {
  bricks: (u, v) => Math.min(distanceToGrid(u / 1.6 + Math.floor(v * 1.4) / 2) * 1.6, distanceToGrid(v * 1.4)) * 4 - 0.4,
  checks: (u, v) => 2 * Math.sin((turn / 2) * u) * Math.sin((turn / 2) * v),
  crosses: scattered(
    (u, v) => 3 * Math.max(Math.min(0.1 - Math.abs(u), 0.36 - Math.abs(v)), Math.min(0.36 - Math.abs(u), 0.1 - Math.abs(v))),
  ),
  dots: scattered((u, v) => 3 * (0.3 - radius(u, v))),
  rings: (u, v) => Math.sin(turn * radius(u, v)),
  spirals: (u, v) => Math.sin(turn * radius(u, v) + 2 * Math.atan2(v, u)),
  stars: scattered((u, v) => 3 * (0.24 + 0.12 * Math.cos(5 * Math.atan2(v, u)) - radius(u, v))),
  stripes: (u) => Math.sin(turn * u),
  triangles: scattered((u, v) => 3 * (0.17 - Math.max(v, 0.87 * Math.abs(u) - 0.5 * v))),
  waves: (u, v) => Math.sin(turn * (u + 0.2 * Math.sin(turn * 0.6 * v))),
} as const satisfies Record<string, Pattern>

/** One copy of a shape in each cell of a grid of side 1, each turned its own way. */
function scattered(shape: Pattern): Pattern {
  return (u, v) => {
    const column = Math.floor(u)
    const row = Math.floor(v)
    const angle = column * 2.4 + row * 4.1
    const [x, y] = [u - column - 0.5, v - row - 0.5]
    return shape(x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle))
  }
}

/** Distance from the nearest whole number, 0…0.5. */
function distanceToGrid(x: number): number {
  return Math.abs(x - Math.round(x))
}

/** Math.hypot, several times faster; these numbers cannot overflow. */
function radius(u: number, v: number): number {
  return Math.sqrt(u * u + v * v)
}
