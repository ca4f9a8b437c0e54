import type { Matrix } from '../../engine/gemm.js'
import { trueCounts } from '../labels.js'
import type { ConvexLoss, ConvexLossOptions } from './convex-loss.js'

export interface BinaryOptions extends ConvexLossOptions {
  /** Factor of an output where it is not true, default 1. */
  readonly falseWeight?: number | undefined
}

/**
 * Every output for itself: (1/n) Σᵢ (1/C) Σ_c w_ic (log(1 + e^z_ic) − T_ic z_ic), T the smoothed targets. As scikit-learn's logistic
 * regression of each output with its C = 1 / (2 n λ · outputs).
 *
 * A sample is right where every output is: z > 0 exactly where it is true.
 *
 * @param targets 1 where an output is true of a sample, else 0: [n, outputs].
 */
export function binaryCrossEntropy(targets: Uint8Array, outputs: number, options: BinaryOptions = {}): ConvexLoss {
  const { labelSmoothing = 0, classWeights, falseWeight = 1 } = options
  const n = targets.length / outputs
  const weightAt = (i: number) => (targets[i] === 1 ? (classWeights?.[i % outputs] ?? 1) : falseWeight) / targets.length
  const weight = targets.reduce((sum, _, i) => sum + weightAt(i), 0)
  return {
    outputs,
    floor: weight * entropyOf(labelSmoothing / 2),
    bias: trueCounts(targets, outputs).map((count) => Math.log((count + 1) / (n - count + 1))),
    along(z, d, t, residual) {
      let value = 0
      let slope = 0
      let curvature = 0
      for (let i = 0; i < targets.length; i++) {
        const step = d[i] as number
        const weight = weightAt(i)
        const logit = (z.data[i] as number) + t * step
        const sign = targets[i] === 1 ? 1 : -1
        const power = Math.exp(-Math.abs(logit))
        const wrong = sign * logit > 0 ? power / (1 + power) : 1 / (1 + power) // probability of what is not so: keeps its digits
        const gradient = weight * sign * (labelSmoothing / 2 - wrong)
        residual[i] = Math.abs(gradient) < 1e-30 ? 0 : gradient // no denormals
        value += weight * (Math.max(0, -sign * logit) + Math.log1p(power) + (labelSmoothing / 2) * sign * logit)
        slope += gradient * step
        curvature += weight * wrong * (1 - wrong) * step * step
      }
      return { value, slope, curvature }
    },
    accuracy: (z) => shareRight(z, targets),
  }
}

/** −p log p − (1 − p) log(1 − p) */
function entropyOf(p: number): number {
  return p === 0 ? 0 : -p * Math.log(p) - (1 - p) * Math.log1p(-p)
}

function shareRight({ rows, columns, data }: Matrix, targets: Uint8Array): number {
  let right = rows
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * columns
    let i = row * columns
    while (i < end && (data[i] as number) > 0 === (targets[i] === 1)) i++
    if (i < end) right--
  }
  return right / rows
}
