import { describe, expect, it } from 'vitest'
import { matrix } from '../../../src/engine/gemm.js'
import { crossEntropy } from '../../../src/heads/convex/cross-entropy.js'
import { expectClose } from '../../helpers/expect-close.js'

describe('crossEntropy', () => {
  it('is ln C where all logits are equal', () => {
    const loss = crossEntropy(Uint16Array.of(0, 1, 2), 3)
    expect(loss.along(matrix(3, 3), new Float32Array(9), 0, new Float32Array(9)).value).toBeCloseTo(Math.log(3), 12)
  })
  it('keeps the digits of P − 1 where a sample is all but certain', () => {
    const residual = new Float32Array(2)
    const loss = crossEntropy(Uint16Array.of(0), 2)
    const { value } = loss.along(matrix(1, 2, Float32Array.of(20.3, 0.7)), new Float32Array(2), 0, residual)
    const rest = Math.exp(Math.fround(0.7) - Math.fround(20.3))
    expectClose(residual, [-rest, rest], { relative: 1e-6 })
    expectClose([value], [rest], { relative: 1e-6 })
  })
  it('makes no denormals of far logits', () => {
    const residual = new Float32Array(3)
    crossEntropy(Uint16Array.of(0), 3).along(matrix(1, 3, Float32Array.of(0, -90, -1000)), new Float32Array(3), 0, residual)
    expect([...residual].map(Math.abs)).toEqual([0, 0, 0]) // e^−90 is 8e-40, a denormal
  })
})
