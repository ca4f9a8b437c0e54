import { expect, it } from 'vitest'
import { principalPlane } from '../../src/evaluate/principal-plane.js'

it('rows lie on their first two components, the largest coordinate along each positive', () => {
  // Centred: (∓2, −1/3, 0) and (0, 2/3, 0): variances 8 : 2/3.
  const { places, explained } = principalPlane([
    [-2, 0, 5],
    [2, 0, 5],
    [0, 1, 5],
  ])
  expect(explained[0]).toBeCloseTo(12 / 13, 10)
  expect(explained[1]).toBeCloseTo(1 / 13, 10)
  const [a = [0, 0], b = [0, 0], c = [0, 0]] = places
  expect([Math.abs(a[0]), Math.abs(b[0]), c[0]].map((value) => value.toFixed(9))).toEqual([
    '2.000000000',
    '2.000000000',
    expect.stringMatching(/^-?0\.0+$/),
  ])
  expect(a[0] + b[0]).toBeCloseTo(0, 10)
  for (const [place, y] of [
    [a, -1 / 3],
    [b, -1 / 3],
    [c, 2 / 3],
  ] as const)
    expect(place[1]).toBeCloseTo(y, 10)
})
