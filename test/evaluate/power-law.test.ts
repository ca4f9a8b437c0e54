import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { accuracyAt, type CurvePoint, fitPowerLaw, type PowerLaw, sizeFor } from '../../src/evaluate/power-law.js'

type Reference = PowerLaw & { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[]; readonly loss: number }
const { curves }: { curves: Reference[] } = JSON.parse(readFileSync(new URL('../fixtures/learning-curves.json', import.meta.url), 'utf8'))

const pointsOf = ({ x, y }: Pick<Reference, 'x' | 'y'>): CurvePoint[] => x.map((x, j) => ({ x, y: y[j] ?? 0, weight: (j + 1) / y.length }))

function lossOf(points: readonly CurvePoint[], law: PowerLaw): number {
  const sum = points.reduce((sum, { x, y, weight }) => sum + weight * (y - accuracyAt(law, x)) ** 2, 0)
  return sum / points.reduce((sum, { weight }) => sum + weight, 0)
}

describe('fitPowerLaw', () => {
  it.each(curves)('is as good as the best of scipy: $name', (reference) => {
    const points = pointsOf(reference)
    const law = fitPowerLaw(points)
    expect(lossOf(points, law)).toBeLessThanOrEqual(reference.loss * (1 + 1e-6) + 1e-12)
    for (const n of reference.x) expect(accuracyAt(law, n)).toBeCloseTo(accuracyAt(reference, n), 4)
    expect(law.a).toBeLessThanOrEqual(1)
    expect(law.b).toBeGreaterThanOrEqual(0)
    expect(law.c).toBeGreaterThan(0)
  })
  it('finds the curve that points lie on', () => {
    const law = { a: 0.97, b: 0.5, c: 0.9 }
    const points = [5, 10, 15, 20, 25, 30].map((x) => ({ x, y: accuracyAt(law, x), weight: 1 }))
    const { a, b, c } = fitPowerLaw(points)
    expect([a, b, c].map((value) => value.toFixed(4))).toEqual(['0.9700', '0.5000', '0.9000'])
  })
  it.each([
    ['falling', [0.9, 0.8, 0.7]],
    ['even', [0.8, 0.8, 0.8]],
    ['perfect', [1, 1, 1]],
  ])('stays within its bounds: %s', (_, y) => {
    const { a, b, c } = fitPowerLaw(pointsOf({ x: [5, 10, 20], y }))
    expect(b).toBeCloseTo(0, 9)
    expect(a).toBeCloseTo((y[0] ?? 0) / 6 + (y[1] ?? 0) / 3 + (y[2] ?? 0) / 2, 9)
    expect(Number.isFinite(c) && c > 0).toBe(true)
  })
})

it.each([
  { accuracy: 0.9, size: (0.5 / 0.07) ** (1 / 0.9) },
  { accuracy: 0.97, size: Number.POSITIVE_INFINITY },
  { accuracy: 0.99, size: Number.POSITIVE_INFINITY },
])('sizeFor $accuracy', ({ accuracy, size }) => {
  const found = sizeFor({ a: 0.97, b: 0.5, c: 0.9 }, accuracy)
  expect(found === size || Math.abs(found - size) < 1e-9).toBe(true)
})

it.each([
  [0.7, 0],
  [0.8, 0],
  [0.81, Number.POSITIVE_INFINITY],
])('sizeFor %d on a flat curve', (accuracy, size) => {
  expect(sizeFor({ a: 0.8, b: 0, c: 1 }, accuracy)).toBe(size)
})
