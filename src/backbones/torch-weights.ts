import type { Layer, WeightSlot } from '../graph/builder-layer.js'
import type { LayerWeights } from '../graph/builder-weights.js'
import type { StateDict } from '../weights/weights.js'
import { misfit, type Network, shapeText } from './architecture.js'

/** What a state dictionary may hold beyond the network: counters of batch norms, and the classifier. */
const ignored = /(^|\.)num_batches_tracked$|^fc\./

/**
 * Gives each layer its weights from a state dictionary, by name.
 *
 * @throws UserError when a tensor is missing or surplus, or has another shape.
 */
export function matchTorchWeights(network: Network, weights: StateDict): LayerWeights {
  const wanted = network.layers.filter((layer) => layer.weights.length > 0)
  const matched = new Map(wanted.map((layer) => [layer.name, layer.weights.map((slot) => tensorOf(network, layer, slot, weights))]))
  const known = new Set(wanted.flatMap((layer) => layer.weights.map((slot) => `${layer.name}.${slot.name}`)))
  const surplus = [...weights.keys()].filter((name) => !known.has(name) && !ignored.test(name))
  if (surplus.length > 0)
    throw misfit(network, `${known.size} tensors`, `also ${surplus.slice(0, 5).join(', ')}${surplus.length > 5 ? ', …' : ''}`)
  return matched
}

function tensorOf(network: Network, layer: Layer, slot: WeightSlot, weights: StateDict): Float32Array {
  const name = `${layer.name}.${slot.name}`
  const found = weights.get(name)
  if (!found) throw misfit(network, `${name} of layer "${layer.name}" in the shape ${shapeText(slot.shape)}`, 'no such tensor')
  if (shapeText(found.shape) === shapeText(slot.shape)) return found.data
  throw misfit(network, `${name} of layer "${layer.name}" in the shape ${shapeText(slot.shape)}`, shapeText(found.shape))
}
