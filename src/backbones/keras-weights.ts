import type { Layer } from '../graph/builder-layer.js'
import type { LayerWeights } from '../graph/builder-weights.js'
import type { LayerWeights as FileLayer, KerasWeights } from '../weights/weights.js'
import { misfit, type Network, shapeText } from './architecture.js'
import { kerasOrder } from './keras-order.js'

/**
 * Gives each layer its weights from a Keras file.
 *
 * Files of the legacy layout hold the layers in the order of Keras' `model.layers`, and are matched by that order, as
 * Keras itself does, since the names in them can be anything. The layout of Keras 3 (weights named 0, 1, …) names layers by
 * class and number within the class, in the same order.
 *
 * @throws UserError when a layer is missing or surplus, or a weight has another shape.
 */
export function matchKerasWeights(network: Network, weights: KerasWeights): LayerWeights {
  const wanted = kerasOrder(network.layers, network.output.name).filter((layer) => layer.weights.length > 0)
  const given = weights.filter((layer) => layer.weights.length > 0)
  const isKeras3 = given.every((layer) => layer.weights.every(({ name }) => /^\d+$/.test(name)))
  const found = isKeras3 ? byClass(wanted, given) : given
  const matched = new Map(wanted.map((layer, at) => [layer.name, layerWeights(network, layer, found[at])]))
  const used = new Set(found.slice(0, wanted.length))
  const surplus = given.filter((layer) => !used.has(layer)).map(({ layer }) => `"${layer}"`)
  if (surplus.length === 0) return matched
  throw misfit(network, `${wanted.length} layers with weights`, `${given.length}, the surplus ones ${surplus.join(', ')}`)
}

/** For each layer the one of the file that Keras 3 names so: its class, then class_1, class_2, … in the model's order. */
function byClass(wanted: readonly Layer[], given: readonly FileLayer[]): (FileLayer | undefined)[] {
  const byName = new Map(given.map((layer) => [layer.layer.split('/').at(-1), layer]))
  const counts = new Map<string, number>()
  return wanted.map(({ kind }) => {
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    return byName.get(count === 0 ? kind : `${kind}_${count}`)
  })
}

function layerWeights(network: Network, layer: Layer, given: FileLayer | undefined): Float32Array[] {
  if (!given) throw misfit(network, `layer "${layer.name}"`, 'none in its place')
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
    if (weight && shapeText(weight.shape) === shapeText(slot.shape)) return weight.data
    throw misfit(network, `${slot.name} of ${as} in the shape ${shapeText(slot.shape)}`, shapeText(weight?.shape ?? []))
  })
}
