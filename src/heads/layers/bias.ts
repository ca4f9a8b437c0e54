import { matrix } from '../../engine/gemm.js'
import type { Optimizer, Step } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import { addToRows, columnSums, dot } from '../vector.js'
import type { Blocks, Layer } from './layer.js'
import { Parameter } from './parameter.js'

/** y = x + b, b [units], zero at first; ∂/∂b is the sum of the gradient's rows. */
export class Bias implements Layer {
  readonly parameters: { readonly bias: Parameter }

  constructor(units: number, optimizer: Optimizer) {
    this.parameters = { bias: new Parameter({ shape: [units], optimizer }) }
  }

  async forward(input: Blocks): Promise<Blocks> {
    for (const block of input) addToRows(block, 1, this.parameters.bias.values)
    return input
  }

  async backward([gradient = matrix(0, 0)]: Blocks): Promise<Blocks> {
    this.parameters.bias.gradient.set(columnSums(gradient))
    return [gradient]
  }

  async squaredNorm(): Promise<number> {
    const { gradient } = this.parameters.bias
    return dot(gradient, gradient)
  }

  async update(steps: readonly Step[]): Promise<void> {
    this.parameters.bias.update(steps)
  }

  saved(): SavedLayer {
    const { shape, values } = this.parameters.bias
    return { type: 'bias', settings: {}, tensors: { bias: { shape, data: values } } }
  }
}
