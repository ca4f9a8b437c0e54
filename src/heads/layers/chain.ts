import type { Step } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import type { Blocks, Layer, Pass } from './layer.js'

/** Layers one behind the other. */
export class Chain {
  readonly layers: readonly Layer[]
  /** The first layer that has something to train: gradients before it are not wanted. */
  readonly #first: number

  constructor(layers: readonly Layer[]) {
    this.layers = layers
    this.#first = layers.findIndex(({ parameters }) => Object.keys(parameters).length > 0)
  }

  async forward(input: Blocks, pass: Pass): Promise<Blocks> {
    let blocks = input
    for (const layer of this.layers) blocks = await layer.forward(blocks, pass)
    return blocks
  }

  /** @param wanted whether the gradient of the input is. */
  async backward(gradient: Blocks, wanted: boolean): Promise<Blocks> {
    let blocks = gradient
    const last = wanted || this.#first < 0 ? 0 : this.#first
    for (let at = this.layers.length - 1; at >= last; at--) {
      blocks = (await this.layers[at]?.backward(blocks, wanted || at > last)) ?? []
    }
    return blocks
  }

  async squaredNorm(): Promise<number> {
    let sum = 0
    for (const layer of this.layers) sum += await layer.squaredNorm()
    return sum
  }

  async update(steps: readonly Step[]): Promise<void> {
    for (const layer of this.layers) await layer.update(steps)
  }

  saved(): SavedLayer[] {
    return this.layers.flatMap((layer) => layer.saved() ?? [])
  }

  /** What training changes, by name: weights and moving statistics; `all`: the optimizer's state too. The arrays are those in use. */
  state(what: 'all' | 'weights' = 'all'): Map<string, Float32Array> {
    const named = this.layers.flatMap(({ parameters, statistics = {} }, at) => [
      ...Object.entries(parameters).flatMap(([name, { values, state }]) => [
        [`${at}.${name}`, values] as const,
        ...(what === 'all' ? state : []).map((array, slot) => [`${at}.${name}.state${slot}`, array] as const),
      ]),
      ...Object.entries(statistics).map(([name, array]) => [`${at}.${name}`, array] as const),
    ])
    return new Map(named)
  }
}
