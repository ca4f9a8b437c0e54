import { kernelArguments, type Optimizer } from './optimizer.js'

/** a += g², from 0.1 on; w −= rate · g / √(a + ε). Source: Keras 3, Adagrad. */
export function adagrad({ initial = 0.1, epsilon = 1e-7 } = {}): Optimizer {
  return {
    rate: 0.001,
    state: [initial],
    step: (kernels, region, step) => kernels.adagrad(...kernelArguments(region, step), step.rate, epsilon),
  }
}
