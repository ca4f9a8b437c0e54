import { type Point, plus, times } from './point.js'

/** A step that was taken and how the gradient changed over it. */
export interface Pair {
  readonly step: Point
  readonly change: Point
}

/**
 * The quasi-Newton direction −H g: L-BFGS' two loops over the pairs, oldest first.
 *
 * Source: Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4, H⁰ = ⟨s, y⟩ / ⟨y, y⟩ of the last pair.
 * Pairs with ⟨s, y⟩ ≤ 1e-10 ‖s‖‖y‖ (no curvature beyond rounding) are passed over.
 */
export function lbfgsDirection(gradient: Point, pairs: readonly Pair[], inner: (a: Point, b: Point) => number): Point {
  const used = pairs.flatMap(({ step, change }) => {
    const curvature = inner(step, change)
    const length = inner(change, change)
    return curvature > 1e-10 * Math.sqrt(length * inner(step, step)) ? [{ step, change, curvature, length }] : []
  })
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
