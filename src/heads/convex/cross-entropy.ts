import type { Floats } from '../../base/floats.js'
import type { Matrix } from '../../engine/gemm.js'
import { argmaxRows } from '../argmax.js'
import { classCounts, type Labels } from '../labels.js'
import { accuracyOf } from '../score.js'
import type { ConvexLoss, ConvexLossOptions } from './convex-loss.js'
import { powerOfE } from './power-of-e.js'

/**
 * Mean cross-entropy of softmax, with the weight w of each sample's class y and targets T smoothed by ε.
 *
 *     value     = (1/n) Σᵢ wᵢ (log Σ_c exp(z_ic) − Σ_c T_ic z_ic)      slope = (1/n) Σᵢ wᵢ (Eᵢ[δ] − ε mean_c δ_ic)
 *     curvature = (1/n) Σᵢ wᵢ (Eᵢ[δ²] − Eᵢ[δ]²)                        δ_ic = d_ic − d_iy, Eᵢ the mean under P's row i
 *     residual  = wᵢ (P − T) / n
 *
 * P_y − 1 is formed as −Σ_{c ≠ y} P_c, which keeps its digits where the sample is almost certain. scikit-learn's class_weight is w.
 */
export function crossEntropy(labels: Labels, classes: number, options: ConvexLossOptions = {}): ConvexLoss {
  const { labelSmoothing = 0, classWeights } = options
  const counts = classCounts(labels, classes).map((count, c) => count * (classWeights?.[c] ?? 1))
  const weight = counts.reduce((sum, count) => sum + count, 0)
  return {
    outputs: classes,
    floor: (weight / labels.length) * entropyOf(labelSmoothing, classes),
    bias: counts.map((count) => Math.log((count + 1) / (weight + classes))),
    along(z, d, t, residual) {
      const total = { value: 0, slope: 0, curvature: 0 }
      for (let row = 0; row < z.rows; row++) {
        const label = labels[row] as number
        addRow(total, z, d, t, { from: row * classes, label, weight: (classWeights?.[label] ?? 1) / z.rows, labelSmoothing }, residual)
      }
      return total
    },
    accuracy: (z) => accuracyOf(argmaxRows(z), labels),
  }
}

/** −Σ T log T of a smoothed target. */
function entropyOf(smoothing: number, classes: number): number {
  const off = smoothing / classes
  const on = 1 - smoothing + off
  return smoothing === 0 ? 0 : -on * Math.log(on) - (classes - 1) * off * Math.log(off)
}

type Sums = { value: number; slope: number; curvature: number }
type Row = { readonly from: number; readonly label: number; readonly weight: number; readonly labelSmoothing: number }

function addRow(total: Sums, z: Matrix, d: Floats, t: number, row: Row, residual: Floats): void {
  const { from, label, weight, labelSmoothing } = row
  const to = from + z.columns
  const values = z.data
  let top = -Infinity
  for (let i = from; i < to; i++) {
    residual[i] = (values[i] as number) + t * (d[i] as number)
    if ((residual[i] as number) > top) top = residual[i] as number
  }
  const own = from + label
  const ownStep = d[own] as number
  const ownLogit = residual[own] as number // rounded as the others are, or P_y − 1 would be rounding alone
  const ownPower = powerOfE(ownLogit - top)
  // Of one declaration by destructuring the sums would be numbers on the heap: half the speed.
  let others = 0
  let first = 0
  let second = 0
  let logits = 0
  let steps = 0
  for (let i = from; i < to; i++) {
    const below = (residual[i] as number) - top
    const power = powerOfE(below)
    const step = (d[i] as number) - ownStep
    logits += below
    steps += step
    residual[i] = power
    others += power
    first += power * step
    second += power * step * step
  }
  others -= ownPower
  const sum = others + ownPower
  const off = labelSmoothing / z.columns
  const scale = weight / sum
  for (let i = from; i < to; i++) residual[i] = (residual[i] as number) * scale - weight * off
  residual[own] = weight * (labelSmoothing - off) - others * scale
  const mean = first / sum
  total.value += weight * (Math.log(sum) - (1 - labelSmoothing) * (ownLogit - top) - off * logits)
  total.slope += weight * (mean - off * steps)
  total.curvature += weight * (second / sum - mean * mean)
}
