import { randomAt, streamKey } from '../base/counter-random.js'
import { seriesOf } from './compare-series.js'
import { isSameSeries, type Series, type SweepPoint, sizeOf } from './sweep-point.js'

/** accuracy(n) = a − b · n^(−c): what n images of each class (or in all) bring; a is what ever more would. */
export interface PowerLaw {
  readonly a: number
  readonly b: number
  readonly c: number
}

export interface FittedCurve extends Series, PowerLaw {
  /** Images that an accuracy needs; null where none was asked for. */
  readonly target: CurveTarget | null
}

/** Sizes count what the sweep's do. */
export interface CurveTarget {
  readonly accuracy: number
  /** By the fitted curve; null: more than it ever reaches. */
  readonly size: number | null
  /** 95 % interval by bootstrap over the repeats; null: open on that side. */
  readonly low: number | null
  readonly high: number | null
  /** The size lies beyond those that were measured. */
  readonly extrapolated: boolean
}

/** A measured size: mean accuracy, and the weight of it. */
interface Measured {
  readonly size: number
  readonly accuracy: number
  readonly weight: number
}

/** Fits each curve that has three sizes or more. Source: Figueroa et al., Predicting sample size required for classification performance (2012). */
export function fitCurves(points: readonly SweepPoint[], { target, seed }: { target?: number | undefined; seed: number }): FittedCurve[] {
  const firsts = points.filter((point, at) => points.findIndex((other) => isSameSeries(point, other)) === at)
  return firsts.flatMap((first) => {
    const own = points.filter((point) => isSameSeries(point, first))
    const law = fitPowerLaw(own.map((point) => measured(point, point.accuracies)))
    return law ? [{ ...seriesOf(first), ...law, target: target === undefined ? null : targetOf(own, { law, accuracy: target, seed }) }] : []
  })
}

/**
 * Weighted least squares with a ≤ 1 and b ≥ 0: for each exponent c a and b follow in closed form, and c is searched for from 0.02 to 4.
 * Undefined for fewer than three sizes.
 */
export function fitPowerLaw(points: readonly Measured[]): PowerLaw | undefined {
  if (new Set(points.map(({ size }) => size)).size < 3) return undefined
  const at = (logC: number) => fitLine(points, Math.exp(logC))
  let [from, to] = [Math.log(0.02), Math.log(4)]
  // A coarse look first: the error need not have one valley only.
  const grid = Array.from({ length: 60 }, (_, i) => from + ((to - from) * i) / 59)
  const best = grid.reduce((a, b) => (at(b).error < at(a).error ? b : a))
  const step = (to - from) / 59
  ;[from, to] = [Math.max(from, best - step), Math.min(to, best + step)]
  for (let i = 0; i < 40; i++) {
    const [left, right] = [from + 0.382 * (to - from), from + 0.618 * (to - from)]
    if (at(left).error < at(right).error) to = right
    else from = left
  }
  const { a, b, c } = at((from + to) / 2)
  return { a, b, c }
}

/** a and b for an exponent: accuracy = a − b x, x = n^(−c). */
function fitLine(points: readonly Measured[], c: number) {
  const rows = points.map(({ size, accuracy, weight }) => ({ x: size ** -c, accuracy, weight }))
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + row.weight * of(row), 0)
  const total = sum(() => 1)
  const [meanX, meanY] = [sum(({ x }) => x) / total, sum(({ accuracy }) => accuracy) / total]
  const slope = sum(({ x, accuracy }) => (x - meanX) * (accuracy - meanY)) / sum(({ x }) => (x - meanX) ** 2)
  let b = Math.max(0, -slope)
  let a = meanY + b * meanX
  if (a > 1) [a, b] = [1, Math.max(0, sum(({ x, accuracy }) => x * (1 - accuracy)) / sum(({ x }) => x * x))]
  return { a, b, c, error: sum(({ x, accuracy }) => (accuracy - a + b * x) ** 2) }
}

/** A size's mean over some of its repeats, weighted by what its repeats vary, as far as they say so. */
function measured(point: SweepPoint, accuracies: readonly number[]): Measured {
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length
  const variance = point.accuracies.reduce((sum, value) => sum + (value - point.mean) ** 2, 0) / Math.max(1, point.accuracies.length - 1)
  // A thousandth squared at least: a lucky few repeats that agree would outweigh all others.
  return { size: sizeOf(point), accuracy: mean, weight: point.accuracies.length / Math.max(variance, 1e-6) }
}

/** The size at which a curve reaches an accuracy; infinite where it never does. */
function sizeAt({ a, b, c }: PowerLaw, accuracy: number): number {
  if (b === 0) return a >= accuracy ? 1 : Number.POSITIVE_INFINITY
  return a > accuracy ? Math.max(1, (b / (a - accuracy)) ** (1 / c)) : Number.POSITIVE_INFINITY
}

const rounds = 500

/** Repeats are drawn with replacement, the same ones at each size: sub-samples are nested. */
function targetOf(points: readonly SweepPoint[], { law, accuracy, seed }: { law: PowerLaw; accuracy: number; seed: number }): CurveTarget {
  const size = sizeAt(law, accuracy)
  const repeats = Math.max(...points.map((point) => point.repeats))
  const sizes = Array.from({ length: repeats > 1 ? rounds : 0 }, (_, round) => {
    const key = streamKey(seed, round)
    const drawn = Array.from({ length: repeats }, (_value, i) => Math.floor(randomAt(key, i) * repeats))
    const redrawn = points.map((point) => {
      const accuracies = point.repeats === repeats ? drawn.map((repeat) => point.accuracies[repeat] ?? point.mean) : point.accuracies
      return measured(point, accuracies)
    })
    return sizeAt(fitPowerLaw(redrawn) ?? law, accuracy)
  }).sort((x, y) => x - y)
  const quantile = (share: number) => finite(sizes[Math.round(share * (sizes.length - 1))] ?? Number.POSITIVE_INFINITY)
  const largest = Math.max(...points.map(sizeOf))
  return { accuracy, size: finite(size), low: quantile(0.025), high: quantile(0.975), extrapolated: size > largest }
}

/** Whole images; null beyond what any data set has. */
const finite = (size: number) => (size < 1e9 ? Math.ceil(size) : null)
