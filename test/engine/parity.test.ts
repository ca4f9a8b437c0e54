import { describe, expect, it } from 'vitest'
import { parityOf } from '../../src/engine/parity.js'
import { expectClose } from '../helpers/expect-close.js'

const output = (...values: number[]) => ({ data: Float32Array.from(values), dims: [1, values.length] })

describe('parityOf', () => {
  it.each([
    ['the same numbers', output(1, 2, 3, 4), { cosine: 1, worst: 0 }],
    // deviation √1.25; the last number is off by 1
    ['one that is off', output(1, 2, 3, 5), { cosine: 34 / Math.sqrt(39 * 30), worst: 1 / Math.sqrt(1.25) }],
    ['the opposite', output(-1, -2, -3, -4), { cosine: -1, worst: 8 / Math.sqrt(1.25) }],
    ['another shape', output(1, 2, 3), { cosine: 0, worst: Number.POSITIVE_INFINITY }],
  ])('of %s', (_, found, { cosine, worst }) => {
    const parity = parityOf(found, output(1, 2, 3, 4))
    expectClose([parity.cosine, parity.worst], [cosine, worst], { absolute: 1e-12 })
  })

  it('of NaN is near nothing', () => {
    expect(parityOf(output(1, Number.NaN), output(1, 2))).toEqual({ cosine: Number.NaN, worst: Number.NaN })
  })
})
