import { seededRandom } from '../base/random.js'
import { accuracyAt, fitPowerLaw, type PowerLaw, sizeFor } from './power-law.js'
import { bySeries, type SeriesKey } from './series.js'
import { type SweepPoint, sizeOf } from './sweep-point.js'

/** The power law that was fitted to a series, accuracy(n) = a − b n^(−c); n: images per class (the mean), or in all where totals were swept. */
export interface LearningCurve extends SeriesKey, PowerLaw {
  /** Root of the mean square of what the points are off the curve. */
  readonly deviation: number
  /** Sizes it was fitted to, n. */
  readonly from: number
  readonly to: number
  readonly target: TargetSize | null
}

/**
 * Where a size lies: among those measured; below them; above, up to five times the largest (extrapolated); beyond that, where the
 * curve is hardly more than a guess (far); or nowhere, as the curve does not rise so high (never).
 */
export type Reach = 'measured' | 'below' | 'extrapolated' | 'far' | 'never'

/** Images that an accuracy needs by the fitted curve, rounded up. */
export interface TargetSize {
  readonly accuracy: number
  /** Per class; null where totals were swept, and where the curve never reaches the accuracy. */
  readonly perClass: number | null
  /** In all; null where images per class were swept, and likewise. */
  readonly total: number | null
  /** 95 % interval in the same unit, by a bootstrap over the repeats: null with one repeat, and where it is open to that side. */
  readonly low: number | null
  readonly high: number | null
  readonly reach: Reach
}

export interface LearningCurveOptions {
  /** Accuracy whose size is asked for, 0…1. */
  readonly target?: number | undefined
  readonly seed: number
}

/** Times the largest size that was measured, above which a size is far. */
export const FAR = 5
/** Sizes above this are as good as never. */
const LIMIT = 1e9
/** Resamples of the bootstrap. */
const RESAMPLES = 1000

/** A curve for each series of three sizes or more, which is what its three numbers take. */
export function learningCurves(points: readonly SweepPoint[], options: LearningCurveOptions): LearningCurve[] {
  return [...bySeries(points).values()].filter((series) => series.length >= 3).map((series) => learningCurve(series, options))
}

function learningCurve(series: readonly SweepPoint[], { target, seed }: LearningCurveOptions): LearningCurve {
  const [first] = series
  if (!first) throw new Error('Expected a series to have points')
  const { model, layer, pool, head, solver } = first
  const law = fitTo(series, ({ mean }) => mean)
  const sizes = series.map(sizeOf)
  const squares = series.map((point) => (point.mean - accuracyAt(law, sizeOf(point))) ** 2)
  const deviation = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
  const range = { from: Math.min(...sizes), to: Math.max(...sizes) }
  return {
    ...{ model, layer, pool, head, solver, ...law, deviation, ...range },
    target: target === undefined ? null : targetSize(series, law, { ...range, target, seed }),
  }
}

/**
 * Later points weigh more, as j / m for the j-th of m: there the curve has to be right.
 *
 * Source: Figueroa, Zeng-Treitler, Kandula, Ngo, Predicting sample size required for classification performance, BMC Medical Informatics
 * and Decision Making 12:8 (2012).
 */
function fitTo(series: readonly SweepPoint[], accuracyOf: (point: SweepPoint) => number): PowerLaw {
  return fitPowerLaw(series.map((point, j) => ({ x: sizeOf(point), y: accuracyOf(point), weight: (j + 1) / series.length })))
}

interface Asked {
  readonly from: number
  readonly to: number
  readonly target: number
  readonly seed: number
}

function targetSize(series: readonly SweepPoint[], law: PowerLaw, { from, to, target, seed }: Asked): TargetSize {
  const size = sizeFor(law, target)
  const reach = reachOf(size, from, to)
  const needed = whole(size)
  const isTotal = series[0]?.total !== null
  const [low, high] = sizeInterval(series, target, seed)
  return { accuracy: target, perClass: isTotal ? null : needed, total: isTotal ? needed : null, low, high, reach }
}

function reachOf(size: number, from: number, to: number): Reach {
  if (size > LIMIT) return 'never'
  if (size > FAR * to) return 'far'
  if (size > to) return 'extrapolated'
  return size < from ? 'below' : 'measured'
}

const whole = (size: number) => (size > LIMIT ? null : Math.max(1, Math.ceil(size)))

/** Percentiles 2.5 and 97.5 of the sizes by curves that are fitted to repeats drawn with replacement, the same ones at every size. */
function sizeInterval(series: readonly SweepPoint[], target: number, seed: number): [low: number | null, high: number | null] {
  const repeats = Math.max(...series.map(({ accuracies }) => accuracies.length))
  if (repeats < 2) return [null, null]
  const random = seededRandom(seed)
  const sizes = Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from({ length: repeats }, () => Math.floor(random() * repeats))
    return sizeFor(
      fitTo(series, (point) => meanOf(point, drawn)),
      target,
    )
  }).sort((a, b) => a - b)
  const at = (share: number) => whole(sizes[Math.round(share * (RESAMPLES - 1))] ?? Number.POSITIVE_INFINITY)
  return [at(0.025), at(0.975)]
}

/** Where all repeats are the same images there is one accuracy. */
function meanOf({ accuracies, mean }: SweepPoint, drawn: readonly number[]): number {
  if (accuracies.length === 1) return mean
  return drawn.reduce((sum, repeat) => sum + (accuracies[repeat] ?? mean), 0) / drawn.length
}
