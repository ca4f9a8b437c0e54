import type { Layer, WeightSlot } from '../../graph/builder-layer.js'
import type { LayerWeights } from '../../graph/builder-weights.js'
import type { ModelWeights } from '../../weights/read-keras-model.js'
import type { WeightTensor } from '../../weights/weights.js'
import { shapeText } from '../architecture.js'
import { UnfitWeights } from '../unconvertible.js'
import type { FoundWeights, WeightSearch } from './found-weights.js'
import { weightsByClass } from './weights-by-class.js'
import { weightsByLayer } from './weights-by-layer.js'
import { weightsByName } from './weights-by-name.js'

/**
 * Gives each layer its weights from the model's own file.
 *
 * @throws UnfitWeights when a layer is missing, has another number of weights, or a weight has another shape.
 */
export function matchWeights(search: WeightSearch, weights: ModelWeights): LayerWeights {
  const find = finder(search, weights)
  return new Map([...search.weighted].map(([path, layer]) => [layer.name, checked(path, layer, find(path, layer))]))
}

function finder(search: WeightSearch, weights: ModelWeights): FoundWeights {
  switch (weights.by) {
    case 'layer':
      return weightsByLayer(search, weights.layers)
    case 'class':
      return weightsByClass(search.model, weights.layers)
    case 'weight':
      return weightsByName(weights.tensors)
  }
}

function checked(path: string, { weights: slots }: Layer, found: ReturnType<FoundWeights>): readonly Float32Array[] {
  const wanted = slots.map((slot) => `${slot.name} ${shapeText(slot.shape)}`).join(', ')
  if (!found) throw new UnfitWeights(`no weights of layer "${path}" in it, which takes ${wanted}`)
  if (found.length !== slots.length) {
    const shapes = found.map((weight) => shapeText(weight?.shape ?? [])).join(', ')
    throw new UnfitWeights(
      `${found.length} weight${found.length === 1 ? '' : 's'} of layer "${path}" in it (${shapes}), which takes ${wanted}`,
    )
  }
  return slots.map((slot, at) => fitting(path, slot, found[at]))
}

function fitting(path: string, { name, shape }: WeightSlot, found: WeightTensor | undefined): Float32Array {
  if (!found) throw new UnfitWeights(`no ${name} of layer "${path}" in it, which takes one of the shape ${shapeText(shape)}`)
  if (shapeText(found.shape) === shapeText(shape)) return found.data
  throw new UnfitWeights(`${name} of layer "${path}" in the shape ${shapeText(found.shape)} in place of ${shapeText(shape)}`)
}
