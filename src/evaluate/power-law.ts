/** A learning curve: accuracy(n) = a − b n^(−c), a ≤ 1, b ≥ 0, c > 0. */
export interface PowerLaw {
  readonly a: number
  readonly b: number
  readonly c: number
}

export interface CurvePoint {
  /** Size of the sub-samples, above 0. */
  readonly x: number
  /** Accuracy. */
  readonly y: number
  readonly weight: number
}

/** Exponents that are looked at first, 0.01 … 10 by steps of 15 %. */
const exponents = Array.from({ length: 51 }, (_, k) => 0.01 * 1000 ** (k / 50))

/**
 * The power law with the least Σ weight (y − a + b x^(−c))².
 *
 * For a given c the best a and b are a straight line's, by formulas; so c alone is searched for (variable projection: Golub and Pereyra,
 * SIAM Journal on Numerical Analysis 10, 1973): on a grid, then by golden section between the best one's neighbours.
 */
export function fitPowerLaw(points: readonly CurvePoint[]): PowerLaw {
  const losses = exponents.map((c) => lineAt(points, c).loss)
  const best = losses.indexOf(Math.min(...losses))
  const lower = exponents[Math.max(0, best - 1)] ?? 0.01
  const upper = exponents[Math.min(exponents.length - 1, best + 1)] ?? 10
  const c = Math.exp(goldenSection((log) => lineAt(points, Math.exp(log)).loss, Math.log(lower), Math.log(upper)))
  const { a, b } = lineAt(points, c)
  return { a, b, c }
}

export function accuracyAt({ a, b, c }: PowerLaw, n: number): number {
  return a - b * n ** -c
}

/** The n at which the curve reaches an accuracy: infinite where it never does, 0 where all of it lies above. */
export function sizeFor({ a, b, c }: PowerLaw, accuracy: number): number {
  if (b === 0) return accuracy <= a ? 0 : Number.POSITIVE_INFINITY
  return accuracy < a ? (b / (a - accuracy)) ** (1 / c) : Number.POSITIVE_INFINITY
}

/** The best a ≤ 1 and b ≥ 0 for a given c: the free line's where it keeps to these, else the better one on an edge. */
function lineAt(points: readonly CurvePoint[], c: number) {
  const unit = points[0]?.x ?? 1 // powers of x / unit, for x^(−c) may be tiny
  const rows = points.map(({ x, y, weight }) => ({ u: (x / unit) ** -c, y, weight }))
  const mean = (of: (row: { u: number; y: number }) => number) =>
    rows.reduce((sum, row) => sum + row.weight * of(row), 0) / rows.reduce((sum, { weight }) => sum + weight, 0)
  const [u, y] = [mean((row) => row.u), mean((row) => row.y)]
  const slope = mean((row) => (row.u - u) * (row.y - y)) / mean((row) => (row.u - u) ** 2)
  const free = { a: y - slope * u, b: -slope }
  const flat = { a: Math.min(1, y), b: 0 }
  const full = { a: 1, b: Math.max(0, mean((row) => row.u * (1 - row.y)) / mean((row) => row.u ** 2)) }
  const candidates = free.a <= 1 && free.b >= 0 ? [free] : [flat, full]
  const [best = { ...flat, loss: 0 }] = candidates
    .map(({ a, b }) => ({ a, b, loss: mean((row) => (row.y - a + b * row.u) ** 2) }))
    .sort((first, second) => first.loss - second.loss)
  return { ...best, b: best.b * unit ** c }
}

const GOLDEN = (Math.sqrt(5) - 1) / 2

/** The place of a minimum between two numbers, to a millionth. */
function goldenSection(of: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to]
  while (high - low > 1e-6) {
    const [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)]
    if (of(left) <= of(right)) high = right
    else low = left
  }
  return (low + high) / 2
}
