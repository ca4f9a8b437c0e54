import { kernelArguments, type Optimizer } from './optimizer.js'

/**
 * m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²; w −= rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
 *
 * `decay` takes rate · decay · w off first (AdamW). Source: Keras 3, Adam.
 */
export function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, decay = 0 } = {}): Optimizer {
  return {
    rate: 0.001,
    state: [0, 0],
    step(kernels, region, step) {
      const rate = (step.rate * Math.sqrt(1 - beta2 ** step.number)) / (1 - beta1 ** step.number)
      kernels.adam(...kernelArguments(region, step), rate, 1 - beta1, 1 - beta2, epsilon, step.rate * decay)
    },
  }
}
