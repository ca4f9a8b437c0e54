import { describe, expect, it } from 'vitest'
import { powerOfE } from '../../../src/heads/convex/power-of-e.js'

describe('powerOfE', () => {
  it('is e^x to 2e-13 of it', () => {
    for (let x = 0; x > -46; x -= 0.000_917) expect(Math.abs(powerOfE(x) / Math.exp(x) - 1)).toBeLessThan(2e-13)
  })

  it.each([
    [0, 1],
    [-0, 1],
    [-1e-300, 1],
    [-46, 0],
    [-1e9, 0],
    [Number.NEGATIVE_INFINITY, 0],
    [Number.NaN, 0],
  ])('of %d is %d', (x, expected) => expect(powerOfE(x)).toBe(expected))
})
