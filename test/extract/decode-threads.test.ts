import { expect, it } from 'vitest'
import { decodeThreads } from '../../src/extract/decode-threads.js'

it.each([
  [{ decode: 1, forward: 1 }, 8, 1],
  [{ decode: 1.01, forward: 1 }, 8, 2],
  [{ decode: 0.1, forward: 1 }, 8, 1],
  [{ decode: 3.5, forward: 1 }, 8, 4],
  [{ decode: 100, forward: 1 }, 8, 8],
  [{ decode: 0, forward: 1 }, 8, 1],
  [{ decode: 1, forward: 0 }, 8, 8],
  [{ decode: 0, forward: 0 }, 8, 8],
  [{ decode: 5, forward: 1 }, 1, 1],
  [{ decode: 5, forward: 1 }, 0, 0],
  [{ decode: 5, forward: 1 }, -1, 0],
])('decodeThreads of %j, at most %i: %i', (seconds, most, threads) => {
  expect(decodeThreads(seconds, most)).toBe(threads)
})
