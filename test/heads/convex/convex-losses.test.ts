import { describe, expect, it } from 'vitest'
import { type Matrix, matrix } from '../../../src/engine/gemm.js'
import { binaryCrossEntropy } from '../../../src/heads/convex/binary-cross-entropy.js'
import { type ConvexLoss, scoreBy } from '../../../src/heads/convex/convex-loss.js'
import { crossEntropy } from '../../../src/heads/convex/cross-entropy.js'
import { squaredHinge } from '../../../src/heads/convex/squared-hinge.js'
import { expectClose } from '../../helpers/expect-close.js'
import { u } from '../reference-codes.js'

const rows = 7
const classes = 5
const size = rows * classes
const labels = Uint16Array.from({ length: rows }, (_, i) => (3 * i) % classes)
const targets = Uint8Array.from({ length: size }, (_, i) => (u(4, i) < 0.4 ? 1 : 0))
const classWeights = [0.5, 1, 2, 1.5, 3]
const random = (k: number, scale: number): Matrix =>
  matrix(
    rows,
    classes,
    Float32Array.from({ length: size }, (_, i) => scale * (2 * u(k, i) - 1)),
  )

type Values = readonly number[]
const logSum = (z: Values) => Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0))
const softmaxRow = (smoothing: number, weights: Values) => (z: Values, row: number) => {
  const label = labels[row] ?? 0
  const target = z.map((_, c) => smoothing / classes + (c === label ? 1 - smoothing : 0))
  return (weights[label] ?? 1) * target.reduce((sum, t, c) => sum + t * (logSum(z) - (z[c] ?? 0)), 0)
}
const hingeRow = (weights: Values) => (z: Values, row: number) =>
  z.reduce((sum, value, c) => sum + (c === labels[row] ? (weights[c] ?? 1) * Math.max(0, 1 - value) ** 2 : Math.max(0, 1 + value) ** 2), 0)
const binaryRow = (smoothing: number, weights: Values, falseWeight: number) => (z: Values, row: number) =>
  z.reduce((sum, value, c) => {
    const on = targets[row * classes + c] === 1
    const target = (on ? 1 : 0) * (1 - smoothing) + smoothing / 2
    return sum + ((on ? (weights[c] ?? 1) : falseWeight) * (logSum([0, value]) - target * value)) / classes
  }, 0)

/** Each loss with a sample's loss from its definition, in float64. */
const cases: readonly [string, ConvexLoss, (z: Values, row: number) => number][] = [
  ['cross-entropy', crossEntropy(labels, classes), softmaxRow(0, [])],
  ['smoothed cross-entropy', crossEntropy(labels, classes, { labelSmoothing: 0.1 }), softmaxRow(0.1, [])],
  ['weighted, smoothed cross-entropy', crossEntropy(labels, classes, { labelSmoothing: 0.3, classWeights }), softmaxRow(0.3, classWeights)],
  ['squared hinge', squaredHinge(labels, classes), hingeRow([])],
  ['weighted squared hinge', squaredHinge(labels, classes, { classWeights }), hingeRow(classWeights)],
  ['binary cross-entropy', binaryCrossEntropy(targets, classes), binaryRow(0, [], 1)],
  [
    'weighted, smoothed binary cross-entropy',
    binaryCrossEntropy(targets, classes, { labelSmoothing: 0.2, classWeights, falseWeight: 0.7 }),
    binaryRow(0.2, classWeights, 0.7),
  ],
]

describe.each(cases)('%s', (_, loss, rowLoss) => {
  const z = random(1, 3)
  const d = random(2, 2).data
  const lossOf = (moved: (i: number) => number) => {
    const values = (row: number) => Array.from({ length: classes }, (_, c) => (z.data[row * classes + c] ?? 0) + moved(row * classes + c))
    return Array.from({ length: rows }, (_, row) => rowLoss(values(row), row)).reduce((sum, value) => sum + value, 0) / rows
  }
  it.each([0, 0.5, -1.5])('has the value, slope and curvature of finite differences at t = %d', (t) => {
    const at = (s: number) => lossOf((i) => s * (d[i] ?? 0))
    const h = 1e-4
    const point = loss.along(z, d, t, new Float32Array(size))
    expectClose([point.value, point.slope], [at(t), (at(t + h) - at(t - h)) / (2 * h)], { relative: 2e-6 })
    expectClose([point.curvature], [(at(t + h) - 2 * at(t) + at(t - h)) / h ** 2], { relative: 2e-5 })
  })
  it('leaves the gradient in the residual', () => {
    const residual = new Float32Array(size)
    loss.along(z, d, 0.5, residual)
    const h = 1e-5
    const numeric = Array.from(residual, (_, j) => {
      const at = (s: number) => lossOf((i) => 0.5 * (d[i] ?? 0) + (i === j ? s : 0))
      return (at(h) - at(-h)) / (2 * h)
    })
    expectClose(residual, numeric, { absolute: 2e-7 })
  })
  it('starts at a bias better than none, and never goes below its floor', () => {
    const at = (logits: Matrix) => loss.along(logits, new Float32Array(size), 0, new Float32Array(size)).value
    const start = at(
      matrix(
        rows,
        classes,
        Float32Array.from({ length: size }, (_, i) => loss.bias[i % classes] ?? 0),
      ),
    )
    expect(loss.bias).toHaveLength(classes)
    expect(start).toBeLessThan(at(matrix(rows, classes)))
    let logits = random(3, 1)
    for (let k = 0; k < 3000; k++) {
      const residual = new Float32Array(size)
      loss.along(logits, new Float32Array(size), 0, residual)
      logits = matrix(
        rows,
        classes,
        logits.data.map((value, i) => value - 3 * (residual[i] ?? 0)),
      )
    }
    expect(at(logits)).toBeGreaterThan(loss.floor - 1e-6)
    expect(at(logits) - loss.floor).toBeLessThan(2e-2)
  })
})

describe('scoreBy', () => {
  it('tells the loss and the share of samples that are right', () => {
    const logits = matrix(2, 2, Float32Array.of(1, 0, 1, 0))
    const { accuracy, loss } = scoreBy(crossEntropy(Uint16Array.of(0, 1), 2), logits)
    expect(accuracy).toBe(0.5)
    expect(loss).toBeCloseTo(Math.log(1 + Math.E) - 0.5, 6)
  })
  it('takes a sample of several outputs as right where each of them is', () => {
    const logits = matrix(3, 2, Float32Array.of(1, -1, 1, -1, 1, -1))
    expect(scoreBy(binaryCrossEntropy(Uint8Array.of(1, 0, 1, 1, 0, 0), 2), logits).accuracy).toBeCloseTo(1 / 3, 12)
  })
})
