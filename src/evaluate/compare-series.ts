import jstat from 'jstat'
import { studentInterval } from './interval.js'
import { isSameSeries, type Series, type SweepPoint, sizeOf } from './sweep-point.js'

/** How one curve differs from another at a size, repeat by repeat on the same sub-samples. */
export interface Comparison {
  readonly a: Series
  readonly b: Series
  readonly perClass: number
  readonly total: number | null
  /** Mean of a's accuracy less b's, and its 95 % interval (Student's t). */
  readonly difference: number
  readonly low: number
  readonly high: number
  /** Of the paired t test, two-sided, corrected for the number of comparisons by Holm's method. */
  readonly p: number
}

/**
 * Paired t tests between all curves at each size; none where a size has one repeat.
 *
 * Repeats share test images, so p says what other sub-samples would bring, not other test images.
 * Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure (1979).
 */
export function compareSeries(points: readonly SweepPoint[]): Comparison[] {
  const pairs = points.flatMap((a, at) =>
    points.slice(at + 1).flatMap((b) => (isComparable(a, b) ? [{ a, b, ...pairedTest(a.accuracies, b.accuracies) }] : [])),
  )
  const corrected = holm(pairs.map(({ p }) => p))
  return pairs.map(({ a, b, difference, low, high }, at) => ({
    ...{ a: seriesOf(a), b: seriesOf(b), perClass: a.perClass, total: a.total, difference, low, high },
    p: corrected[at] ?? 1,
  }))
}

const isComparable = (a: SweepPoint, b: SweepPoint) =>
  sizeOf(a) === sizeOf(b) && !isSameSeries(a, b) && a.repeats > 1 && a.repeats === b.repeats

function pairedTest(a: readonly number[], b: readonly number[]) {
  const differences = a.map((value, at) => value - (b[at] ?? 0))
  const { mean, low, high } = studentInterval(differences)
  const n = differences.length
  const error = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n)
  const p = error > 0 ? 2 * (1 - jstat.studentt.cdf(Math.abs(mean) / error, n - 1)) : mean === 0 ? 1 : 0
  return { difference: mean, low: low ?? mean, high: high ?? mean, p }
}

/** The k-th smallest of m times m − k + 1, never below one before it, at most 1. */
function holm(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const corrected = values.map(() => 1)
  let highest = 0
  order.forEach((index, rank) => {
    highest = Math.max(highest, Math.min(1, (values[index] ?? 1) * (values.length - rank)))
    corrected[index] = highest
  })
  return corrected
}

/** The series of a point. */
export function seriesOf({ model, layer, pool, head, solver }: Series): Series {
  return { model, layer, pool, head, solver }
}
