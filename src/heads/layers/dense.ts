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
    const sum = matrix(input[0]?.rows ?? 0, this.#units)
    for (const at of this.#blocks.keys()) await this.#addProduct(sum, at)
    return [sum]
  }

  /** sum += x W over one block of columns. */
  async #addProduct(sum: Matrix, at: number): Promise<void> {
    const { input, kernel } = this.#block(at)
    const part = await this.#gemm(input, kernel)
    for (let i = 0; i < sum.data.length; i++) sum.data[i] = (sum.data[i] as number) + (part.data[i] as number)
  }

  #block(at: number): { readonly input: Matrix; readonly kernel: Matrix } {
    const [input, kernel] = [this.#input[at], this.#blocks[at]]
    if (!input || !kernel) throw new Error(`Expected ${this.#blocks.length} blocks of columns, got ${this.#input.length}`)
    return { input, kernel }
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

  async update(steps: readonly Step[]): Promise<void> {
    for (const at of this.#blocks.keys()) await this.#updateBlock(steps, at)
  }

  /**
   * Updates, and returns the outputs of the next input: a block of weights is used again while it is in the cache.
   *
   * @param fill puts the next input into a block, in place of the last one.
   */
  async updateAndForward(steps: readonly Step[], fill: (block: Matrix, at: number) => void): Promise<Matrix> {
    const sum = matrix(this.#gradient.rows, this.#units)
    for (const at of this.#blocks.keys()) {
      await this.#updateBlock(steps, at)
      fill(this.#block(at).input, at)
      await this.#addProduct(sum, at)
    }
    return sum
  }

  async #updateBlock(steps: readonly Step[], at: number): Promise<void> {
    const { values, gradient } = this.parameters.kernel
    const { input, kernel } = this.#block(at)
    await this.#gemm(input, this.#gradient, { transposeA: true, out: gradient })
    const from = (kernel.data.byteOffset - values.byteOffset) / 4
    this.parameters.kernel.update(steps, { from, count: kernel.data.length, width: this.#units })
  }

  saved(): SavedLayer {
    const { shape, values } = this.parameters.kernel
    return { type: 'dense', settings: {}, tensors: { kernel: { shape, data: values } } }
  }
}
