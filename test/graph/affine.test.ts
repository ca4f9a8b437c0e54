import { describe, expect, it } from 'vitest'
import { affineOf } from '../../src/graph/affine.js'

describe('affineOf', () => {
  it.each([
    ['from 0 on', { min: 0, max: 6 }, 6 / 255, 0],
    ['above 0: from 0 on', { min: 2, max: 5.1 }, 0.02, 0],
    ['below 0: up to 0', { min: -5.1, max: -2 }, 0.02, 255],
    ['around 0', { min: -1, max: 3 }, 4 / 255, 64],
    ['pixels of 256 values', { min: -127 / 128, max: 1 }, 1 / 128, 127],
    ['of zeros alone', { min: 0, max: 0 }, 2 ** -40, 0],
  ])('of a range %s', (_, range, scale, zeroPoint) => {
    expect(affineOf(range)).toEqual({ scale: Math.fround(scale), zeroPoint })
  })
})
