import type { KerasWeights } from '../../weights/weights.js'
import type { FoundWeights } from './found-weights.js'
import { snakeCase } from './snake-case.js'
import type { KerasModel } from './topology.js'

/**
 * Weights of the layout of Keras 3: in each model a layer goes by its class in snake_case, with _1, _2, … in the order of
 * the model's layers of that class; the weights by their number.
 *
 * Source: keras 3.15, src/saving/saving_lib.py (`_save_container_state`).
 */
export function weightsByClass(model: KerasModel, layers: KerasWeights): FoundWeights {
  const given = new Map(
    layers.map(({ layer, weights }) => [layer.replaceAll(/\/(layers|_layer_checkpoint_dependencies)\//g, '/'), weights]),
  )
  const places = new Map(placesOf(model, { path: '', place: '' }))
  return (path) => given.get(places.get(path) ?? '')
}

/** Each layer's path by names, and that by classes. */
function placesOf({ layers }: KerasModel, within: { readonly path: string; readonly place: string }): (readonly [string, string])[] {
  const counts = new Map<string, number>()
  return layers.flatMap(({ name, className, inner }) => {
    const kind = snakeCase(className)
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    const path = `${within.path}${name}`
    const place = `${within.place}${count === 0 ? kind : `${kind}_${count}`}`
    return [[path, place] as const, ...(inner ? placesOf(inner, { path: `${path}/`, place: `${place}/` }) : [])]
  })
}
