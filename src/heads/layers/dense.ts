import { type Gemm, type Matrix, matrix, rowsOf } from '../../engine/gemm.js'
import type { Optimizer, Step } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import { dot } from '../vector.js'
import type { Blocks, Layer } from './layer.js'
import { Parameter } from './parameter.js'

export interface DenseOptions {
  readonly gemm: Gemm
  readonly optimizer: Optimizer
  /** Columns of each block of the input. */
  readonly widths: readonly number[]
  readonly units: number
}

/**
 * y = x W, W [inputs, units]; the bias is a layer of its own.
 *
 *     ∂/∂W = xᵀ g, made and used up block by block        ∂/∂x = g Wᵀ        ‖∂/∂W‖² = ⟨x xᵀ, g gᵀ⟩
 */
export class Dense implements Layer {
  readonly parameters: { readonly kernel: Parameter }
  readonly #gemm: Gemm
  readonly #blocks: readonly Matrix[]
  readonly #units: number
  #input: Blocks = []
  #gradient = matrix(0, 0)

  constructor({ gemm, optimizer, widths, units }: DenseOptions) {
    this.#gemm = gemm
    this.#units = units
    const inputs = widths.reduce((sum, width) => sum + width, 0)
    const kernel = new Parameter({ shape: [inputs, units], optimizer, tile: Math.max(...widths) * units, penalised: true })
    const whole = matrix(inputs, units, kernel.values)
    let from = 0
    this.#blocks = widths.map((width) => {
      from += width
      return rowsOf(whole, from - width, from)
    })
    this.parameters = { kernel }
  }

  async forward(input: Blocks): Promise<Blocks> {
    this.#input = input
    const rows = input[0]?.rows ?? 0
    const sum = matrix(rows, this.#units)
    const part = matrix(rows, this.#units)
    for (const [at, block] of this.#blocks.entries()) {
      await this.#gemm(input[at] ?? matrix(0, 0), block, { out: part.data })
      for (let i = 0; i < sum.data.length; i++) sum.data[i] = (sum.data[i] as number) + (part.data[i] as number)
    }
    return [sum]
  }

  async backward([gradient = matrix(0, 0)]: Blocks, wanted: boolean): Promise<Blocks> {
    this.#gradient = gradient
    if (!wanted) return []
    const back: Matrix[] = []
    for (const block of this.#blocks) back.push(await this.#gemm(gradient, block, { transposeB: true }))
    return back
  }

  async squaredNorm(): Promise<number> {
    const outer = await this.#gemm(this.#gradient, this.#gradient, { transposeB: true })
    let sum = 0
    for (const block of this.#input) sum += dot((await this.#gemm(block, block, { transposeB: true })).data, outer.data)
    return sum
  }

  async update(step: Step): Promise<void> {
    const { kernel } = this.parameters
    let from = 0
    for (const [at, block] of this.#blocks.entries()) {
      const count = block.rows * block.columns
      await this.#gemm(this.#input[at] ?? matrix(0, 0), this.#gradient, { transposeA: true, out: kernel.gradient })
      kernel.update(step, from, count)
      from += count
    }
  }

  saved(): SavedLayer {
    const { shape, values } = this.parameters.kernel
    return { type: 'dense', settings: {}, tensors: { kernel: { shape, data: values } } }
  }
}
