import type { Floats } from '../../base/floats.js'
import { type Matrix, matrix } from '../../engine/gemm.js'
import type { Optimizer, Step } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import { dot } from '../vector.js'
import type { Blocks, Layer, Pass } from './layer.js'
import { Parameter } from './parameter.js'

export interface BatchNormOptions {
  readonly optimizer: Optimizer
  /** Columns of each block of the input. */
  readonly widths: readonly number[]
  /** Share of the old moving statistics that stays, default 0.99. */
  readonly momentum?: number | undefined
  /** Default 1e-3. */
  readonly epsilon?: number | undefined
}

/**
 * y = γ x̂ + β, x̂ = (x − μ) / √(σ² + ε): in training by the batch's own statistics, which move the learnt ones; else by those.
 *
 *     ∂/∂γ = Σ g x̂        ∂/∂β = Σ g        ∂/∂x = γ / √(σ² + ε) · (g − mean(g) − x̂ · mean(g x̂))
 *
 * Variances are divided by n, the moving one too. Source: Keras 3, BatchNormalization; Ioffe and Szegedy (2015).
 */
export class BatchNorm implements Layer {
  readonly parameters: { readonly gamma: Parameter; readonly beta: Parameter }
  readonly statistics: { readonly mean: Float32Array; readonly variance: Float32Array }
  readonly #momentum: number
  readonly #epsilon: number
  /** x̂ of the last batch, and 1 / √(σ² + ε) [features]. */
  #normal: readonly Matrix[] = []
  readonly #scale: Floats

  constructor({ optimizer, widths, momentum = 0.99, epsilon = 1e-3 }: BatchNormOptions) {
    const features = widths.reduce((sum, width) => sum + width, 0)
    this.#momentum = momentum
    this.#epsilon = epsilon
    this.#scale = new Float32Array(features)
    this.parameters = { gamma: new Parameter({ shape: [features], optimizer }), beta: new Parameter({ shape: [features], optimizer }) }
    this.parameters.gamma.values.fill(1)
    this.statistics = { mean: new Float32Array(features), variance: new Float32Array(features).fill(1) }
  }

  async forward(input: Blocks, { training }: Pass): Promise<Blocks> {
    let from = 0
    this.#normal = input.map((block) => {
      from += block.columns
      const { mean, variance } = training ? this.#moved(block, from - block.columns) : this.statistics
      const offset = training ? 0 : from - block.columns
      return this.#normalised(block, { mean: mean.subarray(offset), variance: variance.subarray(offset), from: from - block.columns })
    })
    return this.#scaled()
  }

  /** The batch's statistics of a block, which move the learnt ones. */
  #moved({ rows, columns, data }: Matrix, from: number) {
    const mean = new Float32Array(columns)
    const variance = new Float32Array(columns)
    for (let c = 0; c < columns; c++) {
      let sum = 0
      for (let i = c; i < rows * columns; i += columns) sum += data[i] as number
      const centre = sum / rows
      let squares = 0
      for (let i = c; i < rows * columns; i += columns) squares += ((data[i] as number) - centre) ** 2
      mean[c] = centre
      variance[c] = squares / rows
      this.#move(this.statistics.mean, from + c, centre)
      this.#move(this.statistics.variance, from + c, squares / rows)
    }
    return { mean, variance }
  }

  #move(statistic: Float32Array, at: number, value: number): void {
    statistic[at] = (statistic[at] as number) * this.#momentum + value * (1 - this.#momentum)
  }

  #normalised(
    { rows, columns, data }: Matrix,
    { mean, variance, from }: { mean: Float32Array; variance: Float32Array; from: number },
  ): Matrix {
    const scale = this.#scale.subarray(from, from + columns)
    for (let c = 0; c < columns; c++) scale[c] = 1 / Math.sqrt((variance[c] as number) + this.#epsilon)
    const out = matrix(rows, columns)
    for (let row = 0, i = 0; row < rows; row++) {
      for (let c = 0; c < columns; c++, i++) out.data[i] = ((data[i] as number) - (mean[c] as number)) * (scale[c] as number)
    }
    return out
  }

  #scaled(): Matrix[] {
    const { gamma, beta } = this.parameters
    let from = 0
    return this.#normal.map(({ rows, columns, data }) => {
      const out = matrix(rows, columns)
      for (let row = 0, i = 0; row < rows; row++) {
        for (let c = 0; c < columns; c++, i++) {
          out.data[i] = (data[i] as number) * (gamma.values[from + c] as number) + (beta.values[from + c] as number)
        }
      }
      from += columns
      return out
    })
  }

  async backward(gradient: Blocks, wanted: boolean): Promise<Blocks> {
    let from = 0
    const back = gradient.map((block, at) => {
      from += block.columns
      return this.#backward(block, { normal: this.#normal[at] ?? matrix(0, 0), from: from - block.columns, wanted })
    })
    return wanted ? back : []
  }

  #backward({ rows, columns, data }: Matrix, { normal, from, wanted }: { normal: Matrix; from: number; wanted: boolean }): Matrix {
    const { gamma, beta } = this.parameters
    const back = matrix(wanted ? rows : 0, columns)
    for (let c = 0; c < columns; c++) {
      let sum = 0
      let along = 0
      for (let i = c; i < rows * columns; i += columns) {
        sum += data[i] as number
        along += (data[i] as number) * (normal.data[i] as number)
      }
      beta.gradient[from + c] = sum
      gamma.gradient[from + c] = along
      if (!wanted) continue
      const scale = (gamma.values[from + c] as number) * (this.#scale[from + c] as number)
      for (let i = c; i < rows * columns; i += columns) {
        back.data[i] = scale * ((data[i] as number) - sum / rows - ((normal.data[i] as number) * along) / rows)
      }
    }
    return back
  }

  async squaredNorm(): Promise<number> {
    const { gamma, beta } = this.parameters
    return dot(gamma.gradient, gamma.gradient) + dot(beta.gradient, beta.gradient)
  }

  async update(steps: readonly Step[]): Promise<void> {
    this.parameters.gamma.update(steps)
    this.parameters.beta.update(steps)
  }

  saved(): SavedLayer {
    const tensor = (data: Float32Array) => ({ shape: [data.length], data })
    const { gamma, beta } = this.parameters
    const { mean, variance } = this.statistics
    const tensors = { gamma: tensor(gamma.values), beta: tensor(beta.values), mean: tensor(mean), variance: tensor(variance) }
    return { type: 'bn', settings: { epsilon: this.#epsilon }, tensors }
  }
}
