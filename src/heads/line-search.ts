/** A function of one variable at a point, with its first two derivatives. */
export interface LinePoint {
  readonly value: number
  readonly slope: number
  readonly curvature: number
}

export interface LineSearchOptions {
  /** Where to look first, default 1. */
  readonly first?: number
  /** The value at 0: no higher one is enough, though a slope behind the minimum be flat; default: any value is. */
  readonly value?: number
  /** Enough is |slope(t)| ≤ flatness · |slope(0)|, default 0.4. */
  readonly flatness?: number
  /** Evaluations at most, default 12. */
  readonly trials?: number
}

/**
 * Walks a convex function downhill from 0, by Newton's method inside a bracket; the accepted point is the last one evaluated.
 *
 * Enough are the strong Wolfe conditions, with any decrease taken as sufficient. Newton's step is followed where it
 * stays inside the bracket and within four times the last step, else the bracket is halved.
 *
 * @param slope the slope at 0, negative.
 */
export function lineSearch(
  at: (t: number) => LinePoint,
  slope: number,
  options: LineSearchOptions = {},
): LinePoint & { readonly t: number } {
  const { first = 1, value = Number.POSITIVE_INFINITY, flatness = 0.4, trials = 12 } = options
  let t = first
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let point = at(t)
  const isEnough = () => Math.abs(point.slope) <= flatness * Math.abs(slope) && point.value <= value
  for (let trial = 1; trial < trials && !isEnough(); trial++) {
    if (point.slope < 0) low = t
    else high = t // also where it overflowed
    t = within(t - point.slope / point.curvature, low, high)
    point = at(t)
  }
  return { ...point, t }
}

function within(newton: number, low: number, high: number): number {
  if (newton > low && newton < Math.min(high, 4 * low || high)) return newton
  return Number.isFinite(high) ? (low + high) / 2 : 4 * low
}
