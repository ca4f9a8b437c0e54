import type { FittedCurve } from '../evaluate/learning-curve.js'
import { isSameSeries, type SweepPoint } from '../evaluate/sweep-point.js'

interface Place {
  readonly points: readonly SweepPoint[]
  /** Name of the series of a point. */
  readonly labelOf: (index: number) => string
  /** Measured sizes, ascending. */
  readonly sizes: readonly number[]
}

/** How far beyond the measured sizes a curve is drawn to a target: further it would be a guess that looks like a measurement. */
const reach = 4

/**
 * Fitted curves as points of lines, and the sizes of targets beyond what was measured, which the axis must show.
 *
 * Each goes from its first measured size to the last, or on to the target where that lies within four times as many images.
 */
export function curveLines(curves: readonly FittedCurve[], { points, labelOf, sizes }: Place) {
  const last = sizes.at(-1) ?? 1
  const drawn = curves.map((curve) => {
    const wanted = curve.target?.size ?? 0
    const to = wanted > last && wanted <= reach * last ? wanted : last
    const series = labelOf(points.findIndex((point) => isSameSeries(point, curve)))
    return { to, line: lineOf(curve, { from: sizes[0] ?? 1, to }).map((place) => ({ series, ...place })) }
  })
  return { lines: drawn.flatMap(({ line }) => line), sizes: drawn.flatMap(({ to }) => (to > last ? [to] : [])) }
}

/** 40 places, evenly spaced on a logarithmic scale. */
function lineOf({ a, b, c }: FittedCurve, { from, to }: { from: number; to: number }) {
  return Array.from({ length: 41 }, (_, i) => {
    const size = from * (to / from) ** (i / 40)
    return { size, accuracy: Math.max(0, a - b * size ** -c) }
  })
}
