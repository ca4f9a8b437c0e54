import { type Matrix, matrix } from '../../engine/gemm.js'
import type { SavedLayer } from '../save-head.js'
import { type ActivationName, activations } from './activations.js'
import type { Blocks, Layer } from './layer.js'

/** y = f(x), element by element; ∂/∂x = g f′(x). */
export class Activate implements Layer {
  readonly parameters = {}
  readonly #name: ActivationName
  #input: Blocks = []

  constructor(name: ActivationName) {
    this.#name = name
  }

  async forward(input: Blocks): Promise<Blocks> {
    this.#input = input
    const { value } = activations[this.#name]
    return input.map((block) => mapped(block, value))
  }

  async backward(gradient: Blocks, wanted: boolean): Promise<Blocks> {
    if (!wanted) return []
    const { slope } = activations[this.#name]
    return gradient.map(({ rows, columns, data }, at) => {
      const back = mapped(this.#input[at] ?? matrix(rows, columns), slope)
      for (let i = 0; i < back.data.length; i++) back.data[i] = (back.data[i] as number) * (data[i] as number)
      return back
    })
  }

  async squaredNorm(): Promise<number> {
    return 0
  }

  async update(): Promise<void> {}

  saved(): SavedLayer {
    return { type: this.#name, settings: activations[this.#name].settings ?? {}, tensors: {} }
  }
}

function mapped({ rows, columns, data }: Matrix, by: (x: number) => number): Matrix {
  const out = matrix(rows, columns)
  for (let i = 0; i < out.data.length; i++) out.data[i] = by(data[i] as number)
  return out
}
