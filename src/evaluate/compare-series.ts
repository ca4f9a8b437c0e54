import { holm } from './holm.js'
import { studentInterval, studentP } from './interval.js'
import { bySeries } from './series.js'
import type { SweepPoint } from './sweep-point.js'

/** Two series at one size, on the same sub-samples and test images. */
export interface SeriesComparison extends Pick<SweepPoint, 'perClass' | 'total'> {
  /** Names of series, see `seriesNames`. */
  readonly a: string
  readonly b: string
  /** Mean accuracy of `a` less that of `b`. */
  readonly difference: number
  /** Its 95 % interval. */
  readonly low: number
  readonly high: number
  /** Of the paired t-test over the repeats, corrected by Holm's method for all comparisons of the sweep. */
  readonly p: number
  readonly uncorrectedP: number
}

/**
 * Every two series of a sweep at every size by a paired t-test over the repeats; none where the repeats are the same images, or all
 * differ by the same.
 *
 * It tells whether the difference is more than the luck of the sub-samples; other test images or another split may differ by more.
 */
export function compareSeries(points: readonly SweepPoint[]): SeriesComparison[] {
  const series = [...bySeries(points)]
  const compared = series.flatMap(([a, first], at) =>
    series.slice(at + 1).flatMap(([b, second]) => first.flatMap((point, size) => compare([a, point], [b, second[size]]))),
  )
  const corrected = holm(compared.map(({ uncorrectedP }) => uncorrectedP))
  return compared.map((one, index) => ({ ...one, p: corrected[index] ?? 1 }))
}

type Named = readonly [name: string, point: SweepPoint | undefined]

function compare([a, first]: Named, [b, second]: Named): Omit<SeriesComparison, 'p'>[] {
  if (!first || !second) return []
  const differences = first.accuracies.map((accuracy, repeat) => accuracy - (second.accuracies[repeat] ?? Number.NaN))
  const { mean, low, high } = studentInterval(differences)
  if (low === null || high === null) return []
  const uncorrectedP = studentP(differences)
  if (uncorrectedP === undefined) return []
  const { perClass, total } = first
  return [{ a, b, perClass, total, difference: mean, low, high, uncorrectedP }]
}
