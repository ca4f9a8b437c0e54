import { kernelArguments, type Optimizer } from './optimizer.js'

/** v = ρ v + (1 − ρ) g²; w −= rate · g / √(v + ε). Source: Keras 3, RMSprop. */
export function rmsprop({ rho = 0.9, epsilon = 1e-7 } = {}): Optimizer {
  return {
    rate: 0.001,
    state: [0],
    step: (kernels, region, step) => kernels.rmsprop(...kernelArguments(region, step), step.rate, 1 - rho, epsilon),
  }
}
