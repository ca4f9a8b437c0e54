import { expect, test } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { demoPatterns } from '../../src/recipes/demo-patterns.js'
import { drawDemoPicture } from '../../src/recipes/demo-picture.js'

const names = Object.keys(demoPatterns)

test.each(Object.entries(demoPatterns))('demoPatterns: %s has ink and ground', (_, pattern) => {
  const values = Array.from({ length: 10_000 }, (_, at) => pattern((at % 100) / 20 - 2.5, Math.floor(at / 100) / 20 - 2.5))
  const ink = values.filter((value) => value > 0).length / values.length
  expect(ink).toBeGreaterThan(0.1)
  expect(ink).toBeLessThan(0.9)
  expect(values.every(Number.isFinite)).toBe(true)
})

test('demoPatterns are in the order of their folders', () => {
  expect(names).toEqual([...names].sort())
})

test('drawDemoPicture gives size × size × 3 levels, the same for the same seed', () => {
  const draw = (seed: number) => drawDemoPicture(demoPatterns.rings, 64, seededRandom(seed))
  expect(draw(1)).toHaveLength(64 * 64 * 3)
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
})
