import { argmaxRows } from '../argmax.js'
import { classCounts, type Labels } from '../labels.js'
import { accuracyOf } from '../score.js'
import type { ConvexLoss, ConvexLossOptions } from './convex-loss.js'

/**
 * One class against the rest, squared hinge: (1/n) Σᵢ Σ_c w_ic max(0, 1 − s_ic z_ic)², s = 1 for the own class and −1 for the others,
 * w = the class's weight for its own samples, 1 for the others. LIBLINEAR's L2-loss SVM with C = 1 / (2 n λ), but for the bias, which
 * is free here.
 */
export function squaredHinge(labels: Labels, classes: number, { classWeights }: Pick<ConvexLossOptions, 'classWeights'> = {}): ConvexLoss {
  const n = labels.length
  return {
    outputs: classes,
    floor: 0,
    bias: classCounts(labels, classes).map((count) => (2 * count - n) / n),
    along(z, d, t, residual) {
      let [value, slope, curvature] = [0, 0, 0]
      for (let row = 0, i = 0; row < n; row++) {
        const label = labels[row] as number
        const weight = (classWeights?.[label] ?? 1) / n
        for (let c = 0; c < classes; c++, i++) {
          const sign = c === label ? 1 : -1
          const factor = c === label ? weight : 1 / n
          const step = d[i] as number
          const short = Math.max(0, 1 - sign * ((z.data[i] as number) + t * step))
          const gradient = -2 * factor * sign * short
          residual[i] = gradient
          value += factor * short * short
          slope += gradient * step
          if (short > 0) curvature += 2 * factor * step * step
        }
      }
      return { value, slope, curvature }
    },
    accuracy: (z) => accuracyOf(argmaxRows(z), labels),
  }
}
