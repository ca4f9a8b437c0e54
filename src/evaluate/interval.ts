import jstat from 'jstat'

export interface Interval {
  readonly mean: number
  readonly low: number | null
  readonly high: number | null
}

/** Mean and 95 % interval by Student's t: mean ± t(0.975, n − 1) s / √n; no interval for one value. */
export function studentInterval(values: readonly number[]): Interval {
  const { n, mean, error } = standardError(values)
  if (n < 2) return { mean, low: null, high: null }
  const half = jstat.studentt.inv(0.975, n - 1) * error
  return { mean, low: mean - half, high: mean + half }
}

/**
 * Two-sided p value of a mean of 0 by Student's t, of two values or more. Values that are all the same have no t: undefined, but 1 where
 * all are 0.
 */
export function studentP(values: readonly number[]): number | undefined {
  const { n, mean, error } = standardError(values)
  if (error < ROUNDING) return Math.abs(mean) < ROUNDING ? 1 : undefined
  return 2 * jstat.studentt.cdf(-Math.abs(mean / error), n - 1)
}

/** Differences of equal accuracies are this close. */
const ROUNDING = 1e-12

function standardError(values: readonly number[]) {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  return { n, mean, error: Math.sqrt(variance / n) }
}
