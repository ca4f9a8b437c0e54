import { describe, expect, it } from 'vitest'
import { poolCodes, pooledShape } from '../../src/cache/pool-codes.js'
import { expectClose } from '../helpers/expect-close.js'
import { noiseFloats } from '../helpers/tiny-graph.js'

describe('pooledShape', () => {
  it.each([
    [[7, 7, 1280], 'none', [7, 7, 1280]],
    [[7, 7, 1280], 'avg', [1280]],
    [[1, 1, 5], 'max', [5]],
    [[49, 5], 'max', [5]],
    [[1000], 'avg', [1000]],
  ] as const)('%j by %s is %j', (shape, pool, expected) => expect(pooledShape(shape, pool)).toEqual(expected))
})

describe('poolCodes', () => {
  const [rows, positions, channels] = [3, 6, 5]
  const codes = noiseFloats(rows * positions * channels)
  /** The values of a row's channel at every position. */
  const column = (row: number, c: number) =>
    Array.from({ length: positions }, (_, p) => codes[(row * positions + p) * channels + c] ?? Number.NaN)
  const cells = Array.from({ length: rows * channels }, (_, i) => column(Math.floor(i / channels), i % channels))

  it('avg is the mean over the positions', () => {
    const out = new Float32Array(rows * channels)
    poolCodes(codes, channels, positions, 'avg', out)
    expectClose(
      out,
      cells.map((values) => values.reduce((sum, v) => sum + v, 0) / positions),
      { absolute: 1e-7 },
    )
  })

  it('max is the largest, negative ones included', () => {
    const out = new Float32Array(rows * channels)
    poolCodes(codes, channels, positions, 'max', out)
    expect([...out]).toEqual(cells.map((values) => Math.max(...values)))
    const negative = new Float32Array(2)
    poolCodes(Float32Array.of(-3, -4, -5, -2), 2, 2, 'max', negative)
    expect([...negative]).toEqual([-3, -2])
  })
})
