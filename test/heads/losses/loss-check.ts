import { type Matrix, matrix } from '../../../src/engine/gemm.js'
import type { Loss } from '../../../src/heads/losses/loss.js'
import { expectClose } from '../../helpers/expect-close.js'

export interface LossCheck {
  readonly logits: Matrix
  readonly samples: Int32Array
  /** The mean loss in float64. */
  plain(logits: Float64Array): number
}

/** Expects a loss to be the plain one, and the gradient that it leaves to be that of central differences of the plain one. */
export function expectLossGradient(loss: Loss, { logits: { rows, columns, data }, samples, plain }: LossCheck): void {
  const logits = Float64Array.from(data, (value) => 3 * value)
  const taken = matrix(rows, columns, Float32Array.from(logits))
  const met = loss.take(taken, samples)
  const h = 1e-4
  const numeric = Array.from(logits, (_, i) => {
    const moved = (by: number) => plain(logits.map((value, j) => (i === j ? value + by : value)))
    return (moved(h) - moved(-h)) / (2 * h)
  })
  expectClose([met.loss / samples.length], [plain(logits)], { relative: 1e-6 })
  expectClose(taken.data, numeric, { absolute: 3e-7 })
}
