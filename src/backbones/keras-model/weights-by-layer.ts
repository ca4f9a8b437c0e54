import type { KerasWeights, WeightTensor } from '../../weights/weights.js'
import { UnfitWeights } from '../unconvertible.js'
import type { FoundWeights, WeightSearch } from './found-weights.js'
import { type KerasLayer, titleOf } from './topology.js'

/** Weights that no optimizer touches: running statistics. */
const states = new Set(['moving_mean', 'moving_variance', 'mean', 'variance', 'count'])
/** Random state that some versions of Keras 2 keep among the weights. */
const isWeight = ({ name }: WeightTensor) => !/(^|\/)(StateVar|seed_generator_state)(:\d+)?$/.test(name)

/**
 * Weights of the legacy .h5 layout, by the names of the outermost layers.
 *
 * A model inside the model has all its weights in one list: first those that are trained, layer by layer, then those that
 * are not, and so all weights of layers that were frozen.
 *
 * Source: keras 3.15, src/legacy/saving/legacy_h5_format.py (`_legacy_weights`).
 */
export function weightsByLayer({ model, weighted }: WeightSearch, layers: KerasWeights): FoundWeights {
  const given = new Map(layers.map(({ layer, weights }) => [layer, weights.filter(isWeight)]))
  const found = new Map<string, WeightTensor[]>()
  for (const layer of model.layers) {
    const list = given.get(layer.name)
    if (!list) continue
    if (!layer.inner) found.set(layer.name, list)
    else for (const [at, path] of orderWithin(layer, list.length, weighted).entries()) addTo(found, path, list[at])
  }
  return (path) => found.get(path)
}

/** The paths of the layers inside a layer, once for each weight, in the order of the weights. */
function orderWithin(layer: KerasLayer, length: number, weighted: WeightSearch['weighted']): readonly string[] {
  const places = placesOf(layer, { path: layer.name, isTrained: true }, weighted)
  const order = [...places.filter(({ isTrained }) => isTrained), ...places.filter(({ isTrained }) => !isTrained)]
  if (order.length === length) return order.map(({ path }) => path)
  throw new UnfitWeights(`${length} weight${length === 1 ? '' : 's'} of ${titleOf(layer)} in it, which takes ${order.length}`)
}

/** A weight's layer, and whether an optimizer may change it. */
interface Place {
  readonly path: string
  readonly isTrained: boolean
}

function placesOf(layer: KerasLayer, { path, isTrained: within }: Place, weighted: WeightSearch['weighted']): readonly Place[] {
  const isTrained = within && layer.config.trainable !== false
  if (layer.inner) return layer.inner.layers.flatMap((each) => placesOf(each, { path: `${path}/${each.name}`, isTrained }, weighted))
  return (weighted.get(path)?.weights ?? []).map(({ name }) => ({ path, isTrained: isTrained && !states.has(name) }))
}

function addTo(lists: Map<string, WeightTensor[]>, path: string, weight: WeightTensor | undefined): void {
  if (weight) lists.set(path, [...(lists.get(path) ?? []), weight])
}
