import { describe, expect, it } from 'vitest'
import { type Matrix, matrix } from '../../src/engine/gemm.js'
import { crossEntropyAlong } from '../../src/heads/cross-entropy.js'
import { expectClose } from '../helpers/expect-close.js'
import { u } from './reference-codes.js'

const rows = 7
const classes = 5
const labels = Uint16Array.from({ length: rows }, (_, i) => (3 * i) % classes)
const random = (k: number, scale: number): Matrix =>
  matrix(
    rows,
    classes,
    Float32Array.from({ length: rows * classes }, (_, i) => scale * (2 * u(k, i) - 1)),
  )
/** Mean cross-entropy from its definition, in float64. */
function lossOf(z: Matrix, moved: (i: number) => number): number {
  const rowLoss = (row: number) => {
    const values = Array.from({ length: classes }, (_, c) => (z.data[row * classes + c] ?? 0) + moved(row * classes + c))
    return Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0)) - (values[labels[row] ?? 0] ?? 0)
  }
  return Array.from({ length: rows }, (_, row) => rowLoss(row)).reduce((sum, loss) => sum + loss, 0) / rows
}

describe('crossEntropyAlong', () => {
  const z = random(1, 3)
  const d = random(2, 2).data
  it('is ln C where all logits are equal', () => {
    expect(crossEntropyAlong(matrix(rows, classes), d, 0, labels, new Float32Array(35)).value).toBeCloseTo(Math.log(classes), 12)
  })
  it.each([0, 0.5, -1.5])('has the value, slope and curvature of finite differences at t = %d', (t) => {
    const at = (s: number) => lossOf(z, (i) => s * (d[i] ?? 0))
    const h = 1e-3
    const point = crossEntropyAlong(z, d, t, labels, new Float32Array(35))
    expectClose(
      [point.value, point.slope, point.curvature],
      [at(t), (at(t + h) - at(t - h)) / (2 * h), (at(t + h) - 2 * at(t) + at(t - h)) / h ** 2],
      { relative: 2e-6 },
    )
  })
  it('leaves the gradient, (P − Y) / n, in the residual', () => {
    const residual = new Float32Array(35)
    crossEntropyAlong(z, d, 0.5, labels, residual)
    const h = 1e-4
    const numeric = Array.from(residual, (_, j) => {
      const at = (s: number) => lossOf(z, (i) => 0.5 * (d[i] ?? 0) + (i === j ? s : 0))
      return (at(h) - at(-h)) / (2 * h)
    })
    expectClose(residual, numeric, { absolute: 1e-7 })
  })
  it('keeps the digits of P − 1 where a sample is all but certain', () => {
    const residual = new Float32Array(2)
    const { value } = crossEntropyAlong(matrix(1, 2, Float32Array.of(20.3, 0.7)), new Float32Array(2), 0, Uint16Array.of(0), residual)
    const rest = Math.exp(Math.fround(0.7) - Math.fround(20.3))
    expectClose(residual, [-rest, rest], { relative: 1e-6 })
    expectClose([value], [rest], { relative: 1e-6 })
  })
  it('makes no denormals of far logits', () => {
    const residual = new Float32Array(3)
    crossEntropyAlong(matrix(1, 3, Float32Array.of(0, -90, -1000)), new Float32Array(3), 0, Uint16Array.of(0), residual)
    expect([...residual].map(Math.abs)).toEqual([0, 0, 0]) // e^−90 is 8e-40, a denormal
  })
})
