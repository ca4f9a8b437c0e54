import type { Floats } from '../../base/floats.js'
import type { Loss, LossOptions } from './loss.js'

export interface SoftmaxLossOptions extends LossOptions {
  /** Class of each sample. */
  readonly labels: Int32Array
  readonly classes: number
}

/** Gradients below it count as zero: their products would be denormals, which are slow. */
const TINY = 1e-20

/**
 * Cross-entropy of softmax: ℓ = −w_y Σ_c t_c log p_c, ∂ℓ/∂z_c = w_y (p_c − t_c), t the smoothed target.
 *
 * Focal, p = p_y: ℓ = w_y (1 − p)^γ · cross-entropy, ∂ℓ/∂z_c = w_y f (p_c − δ_cy), f = (1 − p)^γ − γ p (1 − p)^(γ − 1) log p.
 */
export function softmaxLoss({ labels, classes, labelSmoothing = 0, classWeights, focal = 0 }: SoftmaxLossOptions): Loss {
  const off = labelSmoothing / classes
  return {
    outputs: classes,
    take(logits, samples) {
      let loss = 0
      let right = 0
      samples.forEach((sample, row) => {
        const label = labels[sample] ?? 0
        const z = logits.data.subarray(row * classes, (row + 1) * classes)
        const { entropy, isRight } = softmax(z, label, off)
        const { value, slope } = focused(z[label] as number, entropy, focal)
        const weight = classWeights?.[label] ?? 1
        loss += weight * value
        if (isRight) right++
        toGradient(z, { label, off, scale: (weight * slope) / samples.length })
      })
      return { loss, right }
    },
  }
}

/** Turns logits into probabilities; −Σ_c t_c log p_c = log Σ exp z − Σ_c t_c z_c; right: the label's logit is the first of the largest. */
function softmax(z: Floats, label: number, off: number) {
  const classes = z.length
  let top = 0
  let sum = 0
  for (let c = 0; c < classes; c++) {
    if ((z[c] as number) > (z[top] as number)) top = c
    sum += z[c] as number
  }
  const highest = z[top] as number
  const target = (1 - off * classes) * (z[label] as number) + off * sum
  let total = 0
  for (let c = 0; c < classes; c++) {
    z[c] = Math.exp((z[c] as number) - highest)
    total += z[c] as number
  }
  for (let c = 0; c < classes; c++) z[c] = (z[c] as number) / total
  return { entropy: highest + Math.log(total) - target, isRight: top === label }
}

/** The focal loss of a cross-entropy, and its slope by it: ∂/∂z = slope · (p − t). */
export function focused(p: number, entropy: number, focal: number): { value: number; slope: number } {
  if (focal === 0) return { value: entropy, slope: 1 }
  const rest = Math.max(1 - p, 1e-12)
  return { value: rest ** focal * entropy, slope: rest ** focal + focal * p * rest ** (focal - 1) * entropy }
}

function toGradient(p: Floats, { label, off, scale }: { label: number; off: number; scale: number }): void {
  const on = 1 - off * p.length
  for (let c = 0; c < p.length; c++) {
    const gradient = scale * ((p[c] as number) - off - (c === label ? on : 0))
    p[c] = Math.abs(gradient) < TINY ? 0 : gradient
  }
}
