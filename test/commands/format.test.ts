import { expect, it } from 'vitest'
import { cacheOption } from '../../src/cache/cache-option.js'
import { age, counted, magnitude, shapeText } from '../../src/commands/format.js'

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

it.each([
  [-5, 'just now'],
  [59_999, 'just now'],
  [60_000, '1 minute ago'],
  [2 * 3600e3 - 1, '1 hour ago'],
  [47 * 3600e3, '1 day ago'],
  [29 * 24 * 3600e3, '29 days ago'],
  [100 * 24 * 3600e3, '3 months ago'],
  [800 * 24 * 3600e3, '2 years ago'],
])('age of %i ms is %s', (value, text) => expect(age(value)).toBe(text))

it('counted and cacheOption read as people write', () => {
  expect([counted(1, 'shard'), counted(1200, 'shard'), counted(0, 'code')]).toEqual(['1 shard', '1,200 shards', '0 codes'])
  expect([cacheOption('cache'), cacheOption('/a b')]).toEqual(['', " --cache '/a b'"])
})
