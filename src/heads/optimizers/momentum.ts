import { kernelArguments, type Optimizer } from './optimizer.js'

/** SGD with momentum (default 0.9), or Nesterov's: m = μ m − rate · g; w += m, or w += μ m − rate · g. Source: Keras 3, SGD. */
export function momentum({ momentum: share = 0.9, nesterov = false } = {}): Optimizer {
  return {
    rate: 0.01,
    state: [0],
    step: (kernels, region, step) => kernels.momentum(...kernelArguments(region, step), step.rate, share, nesterov ? 1 : 0),
  }
}
