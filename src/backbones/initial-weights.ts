import { product } from '../base/product.js'
import { type Random, seededRandom } from '../base/random.js'
import type { LayerWeights } from '../graph/builder-weights.js'
import type { Network } from './architecture.js'

/**
 * The weights that Keras begins a training of convolutions with: kernels Glorot-uniform by the seed, biases zero.
 *
 * Outputs are small (a ReLU halves the mean square of a layer's numbers), and so are a fresh head's logits: Adam's first steps move
 * them little, however long the code. `randomWeights` keep the mean square at 1; with them the first epoch of two classes at 128 × 128
 * (codes of 16,384 numbers) has a mean loss of 7.9 instead of 0.74. A few epochs later there is little between them.
 */
export function initialWeights({ layers }: Network, seed: number): LayerWeights {
  const random = seededRandom(seed)
  return new Map(
    layers.map(({ name, weights }) => [
      name,
      weights.map((slot) => (slot.name === 'kernel' ? glorot(random, slot.dims) : new Float32Array(product(slot.dims)))),
    ]),
  )
}

/** Uniform in ±√(6 / (fan-in + fan-out)), [out, in, h, w]. Source: Glorot and Bengio 2010. */
function glorot(random: Random, dims: readonly number[]): Float32Array {
  const [outputs = 1, inputs = 1, ...sides] = dims
  const bound = Math.sqrt(6 / ((inputs + outputs) * product(sides)))
  return Float32Array.from({ length: product(dims) }, () => (2 * random() - 1) * bound)
}
