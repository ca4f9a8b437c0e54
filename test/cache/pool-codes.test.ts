import { describe, expect, it } from 'vitest'
import { poolCode, pooledShape } from '../../src/cache/pool-codes.js'
import { expectClose } from '../helpers/expect-close.js'
import { noiseFloats } from '../helpers/tiny-graph.js'

describe('pooledShape', () => {
  it.each([
    [[7, 7, 1280], 'none', [7, 7, 1280]],
    [[7, 7, 1280], 'avg', [1280]],
    [[1, 1, 5], 'max', [5]],
    [[49, 5], 'max', [5]],
    [[1000], 'avg', [1000]],
    [[7, 7, 1280], 'concat', [2560]],
    [[1000], 'concat', [1000]],
  ] as const)('%j by %s is %j', (shape, pool, expected) => expect(pooledShape(shape, pool)).toEqual(expected))
})

// 0 to 3 positions beside the groups of four, negative numbers among them.
describe.each([1, 2, 3, 4, 7, 49])('poolCode over %i positions', (positions) => {
  const channels = 5
  const code = noiseFloats(positions * channels, positions)
  /** The values of a channel at every position. */
  const columns = Array.from({ length: channels }, (_, c) => [...code].filter((_value, at) => at % channels === c))

  it('avg is the mean over the positions', () => {
    const out = new Float32Array(channels).fill(9)
    poolCode(code, channels, 'avg', out)
    const means = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / positions)
    expectClose(out, means, { absolute: 1e-7 })
  })

  it('concat is the mean, and behind it the largest', () => {
    const [avg, max, both] = [new Float32Array(channels), new Float32Array(channels), new Float32Array(2 * channels).fill(9)]
    poolCode(code, channels, 'avg', avg)
    poolCode(code, channels, 'max', max)
    poolCode(code, channels, 'concat', both)
    expect([...both]).toEqual([...avg, ...max])
  })

  it('max is the largest', () => {
    const out = new Float32Array(channels).fill(9)
    poolCode(code, channels, 'max', out)
    expect([...out]).toEqual(columns.map((values) => Math.max(...values)))
  })
})
