import { expect, it } from 'vitest'
import { magnitude, shapeText } from '../../src/commands/format.js'

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1.00 k'],
  [999_499, '999 k'],
  [999_999, '1.00 M'],
  [21_802_784, '21.8 M'],
  [15_346_630_656, '15.3 G'],
])('magnitude of %i is %s', (value, text) => expect(magnitude(value)).toBe(text))

it('shapeText writes shapes, and ? for one that is not known', () => {
  expect([shapeText([7, 7, 512]), shapeText([1000]), shapeText(null)]).toEqual(['7 × 7 × 512', '1000', '?'])
})
