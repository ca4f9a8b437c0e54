import type { Layer } from '../graph/builder-layer.js'
import type { LayerWeights } from '../graph/builder-weights.js'
import { misfit, type Network, shapeText } from './architecture.js'
import { kerasOrder } from './keras-order.js'

/** A layer's weights as a file of Keras' holds them. */
export interface KerasLayer {
  readonly layer: string
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[]
}

/** A network's weights in the order of Keras' `model.layers`; layers without weights may stand between. */
export type KerasWeights = readonly KerasLayer[]

/**
 * Gives each layer its weights from a Keras file: by order, as Keras itself does, since names in files can be anything.
 *
 * @throws UserError when a layer is missing or surplus, or a weight has another shape.
 */
export function matchKerasWeights(network: Network, weights: KerasWeights): LayerWeights {
  const wanted = kerasOrder(network.layers, network.output.name).filter((layer) => layer.weights.length > 0)
  const given = weights.filter((layer) => layer.weights.length > 0)
  const matched = new Map(wanted.map((layer, at) => [layer.name, layerWeights(network, layer, given[at])]))
  const surplus = given.slice(wanted.length).map(({ layer }) => `"${layer}"`)
  if (surplus.length > 0)
    throw misfit(network, `${wanted.length} layers with weights`, `${given.length}, the surplus ones ${surplus.join(', ')}`)
  return matched
}

function layerWeights(network: Network, layer: Layer, given: KerasLayer | undefined): Float32Array[] {
  if (!given) throw misfit(network, `layer "${layer.name}"`, 'none at its place: the file ends before it')
  const as = given.layer === layer.name ? `layer "${layer.name}"` : `layer "${layer.name}" (in the file "${given.layer}")`
  if (given.weights.length !== layer.weights.length) {
    const shapes = (of: readonly { readonly shape: readonly number[] }[]) => of.map(({ shape }) => shapeText(shape)).join(', ')
    throw misfit(
      network,
      `${layer.weights.length} weights in ${as}: ${shapes(layer.weights)}`,
      `${given.weights.length}: ${shapes(given.weights)}`,
    )
  }
  return layer.weights.map((slot, at) => {
    const weight = given.weights[at]
    if (!weight || shapeText(weight.shape) !== shapeText(slot.shape)) {
      throw misfit(network, `${slot.name} of ${as} in the shape ${shapeText(slot.shape)}`, shapeText(weight?.shape ?? []))
    }
    return weight.data
  })
}
