import type { Chain } from '../layers/chain.js'
import type { SavedLayer } from '../save-head.js'

/**
 * Gives layers the weights that a head of the same layers was saved with.
 *
 * @throws Error where the layers are others.
 */
export function restoreSaved(chain: Chain, saved: readonly SavedLayer[]): void {
  const own = tensorsOf(chain.saved())
  const given = tensorsOf(saved)
  const same = own.length === given.length && own.every(({ data }, at) => data.length === given[at]?.data.length)
  if (!same) throw new Error(`Expected tensors of ${lengths(own)} numbers, got ${lengths(given)}`)
  for (const [at, { data }] of own.entries()) data.set(given[at]?.data ?? data)
}

/** In the order of the layers; a dense layer's bias, a layer of its own in training, comes behind its kernel either way. */
const tensorsOf = (layers: readonly SavedLayer[]) => layers.flatMap(({ tensors }) => Object.values(tensors))

const lengths = (tensors: readonly { readonly data: { readonly length: number } }[]) => tensors.map(({ data }) => data.length).join(', ')
