import { expect } from 'vitest'

export interface Tolerance {
  /** Allowed difference as a share of |expected|. Default 0. */
  readonly relative?: number
  /** Allowed difference whatever the size of the value. Default 0. */
  readonly absolute?: number
}

/** Expects |actual − expected| ≤ absolute + relative · |expected| everywhere; the message names the worst place. NaN is never close. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, { relative = 0, absolute = 0 }: Tolerance = {}): void {
  expect(actual.length, 'length').toBe(expected.length)
  let worst = { excess: 0, message: '' }
  for (let i = 0; i < expected.length; i++) {
    const found = actual[i] ?? Number.NaN
    const wanted = expected[i] ?? Number.NaN
    const excess = excessOf(found, wanted, absolute + relative * Math.abs(wanted))
    if (excess > worst.excess)
      worst = { excess, message: `at ${i}: expected ${wanted} ± ${absolute + relative * Math.abs(wanted)}, got ${found}` }
  }
  expect(worst.message).toBe('')
}

/** How far beyond the tolerance; NaN counts as infinitely far, equal infinities as near. */
function excessOf(found: number, wanted: number, tolerance: number): number {
  if (found === wanted) return 0
  const excess = Math.abs(found - wanted) - tolerance
  return Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess
}
