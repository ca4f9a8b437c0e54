import { expect, it } from 'vitest'
import { type Bound, type TimeShares, whatBounds } from '../../src/extract/what-bounds.js'

it.each<[TimeShares, Bound]>([
  [{ read: 0, write: 0, forward: 0.9 }, 'forward'],
  [{ read: 0, write: 0, forward: 0.5 }, 'forward'],
  [{ read: 0, write: 0, forward: 0.4 }, 'decode'],
  [{ read: 0.3, write: 0.1, forward: 0.25 }, 'decode'],
  [{ read: 0.3, write: 0.1, forward: 0.35 }, 'forward'],
  [{ read: 0.6, write: 0.1, forward: 0.2 }, 'read'],
  [{ read: 0.1, write: 0.5, forward: 0.2 }, 'write'],
  [{ read: 0, write: 0, forward: 1.1 }, 'forward'],
  [{ read: 0, write: 0, forward: 0 }, 'decode'],
])('whatBounds of %j: %s', (shares, bound) => {
  expect(whatBounds(shares)).toBe(bound)
})
