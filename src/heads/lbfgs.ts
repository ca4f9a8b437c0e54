import { type Inner, type Point, plus, times } from './point.js'

/** A step that was taken, and how the gradient changed over it. */
export interface Pair {
  readonly step: Point
  readonly change: Point
}

/**
 * The quasi-Newton direction −H g: L-BFGS' two loops over the pairs, oldest first; −g without pairs.
 *
 * Source: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4, H⁰ = ⟨s, y⟩ / ⟨y, y⟩ of the last pair.
 * Pairs without curvature beyond rounding, ⟨s, y⟩ ≤ 1e-8 ‖s‖‖y‖, are passed over.
 */
export function lbfgsDirection(gradient: Point, pairs: readonly Pair[], inner: Inner): Point {
  const used = pairs.map((pair) => withCurvature(pair, inner)).filter(({ curvature, limit }) => curvature > limit)
  let q = gradient
  const factors = used.toReversed().map(({ step, change, curvature }) => {
    const factor = inner(step, q) / curvature
    q = plus(q, -factor, change)
    return factor
  })
  const last = used.at(-1)
  if (last) q = times(last.curvature / last.length, q)
  for (const [k, { step, change, curvature }] of used.entries()) {
    q = plus(q, (factors[used.length - 1 - k] ?? 0) - inner(change, q) / curvature, step)
  }
  return times(-1, q)
}

function withCurvature({ step, change }: Pair, inner: Inner) {
  const length = inner(change, change)
  return { step, change, curvature: inner(step, change), length, limit: 1e-8 * Math.sqrt(length * inner(step, step)) }
}
