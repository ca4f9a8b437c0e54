import { describe, expect, it } from 'vitest'
import { matrix } from '../../../src/engine/gemm.js'
import type { LossOptions } from '../../../src/heads/losses/loss.js'
import { sigmoidLoss } from '../../../src/heads/losses/sigmoid-loss.js'
import { expectClose } from '../../helpers/expect-close.js'
import { randomMatrix } from '../layers/gradient-check.js'
import { expectLossGradient } from './loss-check.js'

const samples = Int32Array.of(3, 1, 0, 2)
const multiLabel = Uint8Array.of(1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0) // [4 samples, 3]
const binary = Uint8Array.of(1, 0, 0, 1)

/** The mean loss from its definition, in float64. */
function plainLoss(logits: Float64Array, targets: Uint8Array, { labelSmoothing = 0, classWeights, focal = 0 }: LossOptions): number {
  const outputs = targets.length / 4
  const losses = Array.from(logits, (z, i) => {
    const c = i % outputs
    const truth = targets[(samples[Math.floor(i / outputs)] ?? 0) * outputs + c] === 1
    const target = (truth ? 1 - labelSmoothing : 0) + labelSmoothing / 2
    const p = 1 / (1 + Math.exp(-z))
    const entropy = -target * Math.log(p) - (1 - target) * Math.log(1 - p)
    return (truth ? (classWeights?.[c] ?? 1) : 1) * (truth ? 1 - p : p) ** focal * entropy
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

describe('sigmoidLoss', () => {
  const options: LossOptions[] = [
    {},
    { labelSmoothing: 0.1 },
    { classWeights: [0.5, 2, 3] },
    { focal: 2 },
    { focal: 1.5, labelSmoothing: 0.2, classWeights: [3, 1, 2] },
  ]
  it.each(
    options.flatMap((each) => [multiLabel, binary].map((targets) => [targets.length / 4, each, targets] as const)),
  )('of %i outputs with %j has the value and the gradient of its definition', (outputs, each, targets) => {
    const loss = sigmoidLoss({ targets, outputs, ...each })
    expectLossGradient(loss, { logits: randomMatrix(4, outputs, 6), samples, plain: (logits) => plainLoss(logits, targets, each) })
  })

  it('counts a sample as right where every output is', () => {
    const logits = matrix(3, 2, Float32Array.of(1, -1, 1, 1, -1, 0))
    const loss = sigmoidLoss({ targets: Uint8Array.of(1, 0, 1, 0, 0, 0), outputs: 2 })
    expect(loss.take(logits, Int32Array.of(0, 1, 2)).right).toBe(2)
  })

  it('is right for logits that are large, and leaves no denormals', () => {
    const logits = matrix(1, 4, Float32Array.of(-1000, 1000, -90, 90))
    const { loss } = sigmoidLoss({ targets: Uint8Array.of(1, 1, 0, 1), outputs: 4 }).take(logits, Int32Array.of(0))
    expectClose([loss], [250], { relative: 1e-6 })
    expect([...logits.data].map((value) => value + 0)).toEqual([-0.25, 0, 0, 0])
  })
})
