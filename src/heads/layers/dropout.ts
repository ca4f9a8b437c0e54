import { randomAt, streamKey } from '../../base/counter-random.js'
import type { Blocks, Layer, Pass } from './layer.js'

/**
 * In training each value becomes 0 with probability `rate`, the others grow by 1 / (1 − rate). Source: Srivastava et al. (2014).
 *
 * @param place of the layer in its head: each has its own random numbers.
 * @param from the first column's place in the whole input, so that parts of it drop what the whole would.
 */
export class Dropout implements Layer {
  readonly parameters = {}
  readonly #rate: number
  readonly #place: number
  readonly #from: number
  #key: number | undefined

  constructor(rate: number, { place, from = 0 }: { readonly place: number; readonly from?: number }) {
    this.#rate = rate
    this.#place = place
    this.#from = from
  }

  async forward(input: Blocks, { training, key }: Pass): Promise<Blocks> {
    this.#key = training ? streamKey(key, this.#place) : undefined
    return this.#dropped(input)
  }

  async backward(gradient: Blocks): Promise<Blocks> {
    return this.#dropped(gradient)
  }

  /** The same values of activations and gradients, in place.  */
  #dropped(blocks: Blocks): Blocks {
    const key = this.#key
    if (key === undefined || this.#rate === 0) return blocks
    const grown = 1 / (1 - this.#rate)
    let from = this.#from
    for (const { rows, columns, data } of blocks) {
      for (let row = 0, i = 0; row < rows; row++) {
        const ofRow = streamKey(key, row)
        for (let c = 0; c < columns; c++, i++) data[i] = randomAt(ofRow, from + c) < this.#rate ? 0 : (data[i] as number) * grown
      }
      from += columns
    }
    return blocks
  }

  async squaredNorm(): Promise<number> {
    return 0
  }

  async update(): Promise<void> {}

  saved(): undefined {
    return undefined
  }
}
