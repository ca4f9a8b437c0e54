import { describe, expect, it } from 'vitest'
import { seededRandom, shuffle } from '../../src/base/random.js'

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, on every machine', () => {
    const random = seededRandom(1)
    // mulberry32's own numbers for this seed
    expect([random(), random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522])
    expect(seededRandom(2)()).not.toBe(seededRandom(1)())
  })

  it('stays in [0, 1) and spreads', () => {
    const random = seededRandom(7)
    const values = Array.from({ length: 10_000 }, random)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 10_000 - 0.5)).toBeLessThan(0.02)
  })
})

describe('shuffle', () => {
  it('keeps every item, in place, in an order that the seed decides', () => {
    const items = Array.from({ length: 50 }, (_, i) => i)
    const shuffled = shuffle([...items], seededRandom(3))
    expect(shuffled).not.toEqual(items)
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items)
    expect(shuffle([...items], seededRandom(3))).toEqual(shuffled)
    expect(shuffle(Uint32Array.from(items), seededRandom(3))).toEqual(Uint32Array.from(shuffled))
    expect(shuffle([], seededRandom(1))).toEqual([])
  })
})
