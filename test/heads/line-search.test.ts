import { describe, expect, it } from 'vitest'
import { lineSearch } from '../../src/heads/line-search.js'

/** A function by its value, slope and curvature; counts its evaluations. */
function counted(f: (t: number) => readonly [number, number, number]) {
  const seen: number[] = []
  const at = (t: number) => {
    seen.push(t)
    const [value, slope, curvature] = f(t)
    return { value, slope, curvature }
  }
  return { at, seen }
}

const cases = [
  { name: 'a parabola from far below its minimum', f: (t: number) => [(t - 50) ** 2, 2 * (t - 50), 2] as const, slope: -100, minimum: 50 },
  { name: 'a parabola from beyond', f: (t: number) => [(t - 0.01) ** 2, 2 * (t - 0.01), 2] as const, slope: -0.02, minimum: 0.01 },
  {
    name: 'exp(t) − 20 t',
    f: (t: number) => [Math.exp(t) - 20 * t, Math.exp(t) - 20, Math.exp(t)] as const,
    slope: -19,
    minimum: Math.log(20),
  },
  {
    name: 'one that overflows at 1',
    f: (t: number) =>
      t < 0.3 ? ([(t - 0.2) ** 4, 4 * (t - 0.2) ** 3, 12 * (t - 0.2) ** 2] as const) : ([Infinity, Infinity, Infinity] as const),
    slope: -0.032,
    minimum: 0.2,
  },
]

describe('lineSearch', () => {
  it.each(cases)('finds the minimum of $name', ({ f, slope, minimum }) => {
    const { at, seen } = counted(f)
    const found = lineSearch(at, slope, { flatness: 1e-4, trials: 40 })
    expect(found.t / minimum).toBeCloseTo(1, 1)
    expect(found.t).toBe(seen.at(-1))
    expect(found.value).toBe(f(found.t)[0])
  })
  it('takes the first point where the slope is flat enough', () => {
    const { at, seen } = counted((t) => [(t - 1.3) ** 2, 2 * (t - 1.3), 2])
    expect(lineSearch(at, -2.6).t).toBe(1)
    expect(seen).toEqual([1])
  })
  it('takes no point that is higher than 0, however flat', () => {
    // From −1 the slope is 0.3 soon, and stays so for long.
    const f = (t: number) => [t < 0.01 ? 65 * t * t - t : 0.3 * t - 0.0065, t < 0.01 ? 130 * t - 1 : 0.3, t < 0.01 ? 130 : 1e-9] as const
    const { at, seen } = counted(f)
    expect(lineSearch(at, -1).t).toBe(1)
    const found = lineSearch(at, -1, { value: 0 })
    expect(found.value).toBeLessThan(0)
    expect(found.t).toBeLessThan(0.0217)
    expect(seen.slice(0, 4)).toEqual([1, 1, 0.5, 0.25])
  })
  it('halves the bracket where Newton would leave it', () => {
    const root = (t: number) => Math.sqrt(1 + (t - 1) ** 2)
    const { at, seen } = counted((t) => [root(t), (t - 1) / root(t), root(t) ** -3])
    const found = lineSearch(at, -Math.SQRT1_2, { first: 5, flatness: 0.01 })
    expect(found.t).toBeCloseTo(1, 2)
    expect(seen.slice(0, 3)).toEqual([5, 2.5, 1.25])
  })
  it('goes no further than four times a step', () => {
    const { at, seen } = counted((t) => [5e-6 * (t - 1e5) ** 2, 1e-5 * (t - 1e5), 1e-5])
    lineSearch(at, -1, { trials: 3 })
    expect(seen).toEqual([1, 4, 16])
  })
  it('ends after its trials on a slope that never flattens', () => {
    const { at, seen } = counted((t) => [-t, -1, 0])
    lineSearch(at, -1, { trials: 5 })
    expect(seen).toEqual([1, 4, 16, 64, 256])
  })
})
