import { describe, expect, it } from 'vitest'
import { matrix } from '../../../src/engine/gemm.js'
import type { LossOptions } from '../../../src/heads/losses/loss.js'
import { softmaxLoss } from '../../../src/heads/losses/softmax-loss.js'
import { expectClose } from '../../helpers/expect-close.js'
import { randomMatrix } from '../layers/gradient-check.js'
import { expectLossGradient } from './loss-check.js'

const [rows, classes] = [6, 5]
const labels = Int32Array.of(9, 0, 1, 2, 3, 4, 0) // sample 0 is not in the batch
const samples = Int32Array.of(1, 2, 3, 4, 5, 6)

/** The mean loss from its definition, in float64. */
function plainLoss(logits: Float64Array, { labelSmoothing = 0, classWeights, focal = 0 }: LossOptions): number {
  const losses = Array.from(samples, (sample, row) => {
    const z = logits.slice(row * classes, (row + 1) * classes)
    const total = Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0))
    const label = labels[sample] ?? 0
    const target = (c: number) => (c === label ? 1 - labelSmoothing : 0) + labelSmoothing / classes
    const entropy = z.reduce((sum, value, c) => sum - target(c) * (value - total), 0)
    return (classWeights?.[label] ?? 1) * (1 - Math.exp((z[label] ?? 0) - total)) ** focal * entropy
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

describe('softmaxLoss', () => {
  const classWeights = [0.5, 2, 1, 3, 0.1]
  it.each([
    {},
    { labelSmoothing: 0.1 },
    { classWeights },
    { focal: 2 },
    { focal: 0.5 },
    { labelSmoothing: 0.2, classWeights, focal: 2 },
  ])('with %j has the value and the gradient of its definition', (options) => {
    const loss = softmaxLoss({ labels, classes, ...options })
    expectLossGradient(loss, { logits: randomMatrix(rows, classes, 4), samples, plain: (logits) => plainLoss(logits, options) })
  })

  it('counts a sample as right where its logit is the first of the largest', () => {
    const logits = matrix(3, 2, Float32Array.of(1, 2, 1, 1, 1, 1))
    expect(softmaxLoss({ labels: Int32Array.of(1, 0, 1), classes: 2 }).take(logits, Int32Array.of(0, 1, 1)).right).toBe(3)
  })

  it('is right for logits that are large, and leaves no denormals', () => {
    const logits = matrix(2, 3, Float32Array.of(1000, 0, -1000, 0, -90, 1000))
    const { loss } = softmaxLoss({ labels: Int32Array.of(0, 0), classes: 3 }).take(logits, Int32Array.of(0, 1))
    expectClose([loss], [1000], { relative: 1e-6 })
    expect([...logits.data].map((value) => value + 0)).toEqual([0, 0, 0, -0.5, 0, 0.5])
  })

  it('is no number where a logit is none', () => {
    const { loss } = softmaxLoss({ labels: Int32Array.of(0), classes: 2 }).take(
      matrix(1, 2, Float32Array.of(1, Number.NaN)),
      Int32Array.of(0),
    )
    expect(loss).toBeNaN()
  })
})
