import { kernelArguments, type Optimizer } from './optimizer.js'

/** w −= rate · g. Source: Keras 3, SGD. */
export function sgd(): Optimizer {
  return { rate: 0.01, state: [], step: (kernels, region, step) => kernels.sgd(...kernelArguments(region, step), step.rate) }
}
