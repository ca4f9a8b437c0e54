import type { Floats } from '../../base/floats.js'
import { focused } from './focused.js'
import { type Loss, type LossOptions, tiny } from './loss.js'

export interface SoftmaxLossOptions extends LossOptions {
  /** Class of each sample. */
  readonly labels: Int32Array
  readonly classes: number
}

/**
 * Cross-entropy of softmax: ℓ = −w_y Σ_c t_c log p_c, ∂ℓ/∂z_c = w_y (p_c − t_c), t the smoothed target; focal: see `focused`.
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
        const { value, slope, turn } = focused(z[label] as number, entropy, focal)
        const weight = classWeights?.[label] ?? 1
        loss += weight * value
        if (isRight) right++
        const scale = weight / samples.length
        toGradient(z, { label, off, slope: scale * slope, turn: scale * turn })
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

interface Slopes {
  readonly label: number
  readonly off: number
  readonly slope: number
  readonly turn: number
}

/** Turns probabilities into slope · (p − t) + turn · (p − y). */
function toGradient(p: Floats, { label, off, slope, turn }: Slopes): void {
  const on = slope * (1 - off * p.length) + turn
  for (let c = 0; c < p.length; c++) {
    const gradient = (slope + turn) * (p[c] as number) - slope * off - (c === label ? on : 0)
    p[c] = Math.abs(gradient) < tiny ? 0 : gradient
  }
}
