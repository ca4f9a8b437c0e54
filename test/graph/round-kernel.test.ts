import { describe, expect, it } from 'vitest'
import { roundKernel } from '../../src/graph/round-kernel.js'
import { noiseFloats } from '../helpers/tiny-graph.js'

function rounded(values: readonly number[], part: { at?: number; taps?: number; step?: number; limit?: number } = {}): number[] {
  const into = new Int8Array(values.length)
  roundKernel(Float32Array.from(values), { at: 0, taps: values.length, step: 1, limit: 127, ...part }, into)
  return [...into]
}

describe('roundKernel', () => {
  it.each([
    ['rounds where the errors even out', [1.4, -2.4, 3], [1, -2, 3]],
    ['moves up what is nearest to it', [0.3, 0.4, 0.45, 2], [0, 0, 1, 2]],
    ['moves down what is nearest to it', [-0.3, -0.45, -0.4, 2], [0, -1, 0, 2]],
    ['moves as many as it takes', [0.4, 0.4, 0.4, 0.4, 0.4], [1, 1, 0, 0, 0]],
    ['has no choice with one value', [0.4], [0]],
  ])('%s', (_, values, expected) => expect(rounded(values)).toEqual(expected))

  it('keeps to the limit, and ends where nothing may move', () => {
    expect(rounded([64.4, 0.3, 0.2], { limit: 64 })).toEqual([64, 1, 0])
    expect(rounded([64.4, 64.4], { limit: 64 })).toEqual([64, 64])
  })

  it('touches its own part alone', () => expect(rounded([9, 0.4, 0.4, 9], { at: 1, taps: 2 })).toEqual([0, 1, 0, 0]))

  it('keeps every sum to half a step, every value to a whole one', () => {
    const values = [...noiseFloats(900, 4)]
    const step = 1 / 127
    for (let at = 0; at < 900; at += 9) {
      const part = values.slice(at, at + 9)
      const errors = rounded(part, { step }).map((whole, i) => whole * step - (part[i] ?? 0))
      expect(Math.abs(errors.reduce((sum, error) => sum + error, 0))).toBeLessThanOrEqual(step * 0.501)
      expect(Math.max(...errors.map(Math.abs))).toBeLessThan(step)
    }
  })
})
