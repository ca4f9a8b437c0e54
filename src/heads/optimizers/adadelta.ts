import { kernelArguments, type Optimizer } from './optimizer.js'

/**
 * a = ρ a + (1 − ρ) g²; δ = −g √(d + ε) / √(a + ε); d = ρ d + (1 − ρ) δ²; w += rate · δ. Source: Keras 3, Adadelta.
 *
 * Keras 3's default rate, 0.001, hardly moves; Zeiler's paper and the Keras of the published experiments have 1.
 */
export function adadelta({ rho = 0.95, epsilon = 1e-7 } = {}): Optimizer {
  return {
    rate: 0.001,
    state: [0, 0],
    step: (kernels, region, step) => kernels.adadelta(...kernelArguments(region, step), step.rate, 1 - rho, epsilon),
  }
}
