import type { BackboneOptions } from '../backbones/backbone.js'
import { resolveBackbone } from '../backbones/resolve-backbone.js'
import { UserError } from '../base/errors.js'
import { withoutUnused } from '../graph/cut.js'
import { foldConstants } from '../graph/fold-constants.js'
import { tailFrom } from '../graph/tail.js'
import { boundary } from './find-cut.js'
import { layersOf } from './plan-tail.js'
import { trainedTensors } from './trained-tensors.js'

/**
 * The fewest last layers of a network, at least so many, before which it comes together and which have weights.
 *
 * @throws UserError where there is no such place, and as `resolveBackbone` does.
 */
export async function nearestTail(model: string, options: BackboneOptions, least: number): Promise<{ readonly last: number }> {
  const graph = withoutUnused(foldConstants((await resolveBackbone(model, options)).graph))
  const layers = layersOf(model, graph, options)
  const isCut = (place: number) => {
    const [tensor, ...others] = boundary(graph, layers[place - 1])
    return tensor !== undefined && others.length === 0 && trainedTensors(tailFrom(graph, tensor), graph).length > 0
  }
  for (let place = layers.length - Math.max(1, least); place >= 0; place--) if (isCut(place)) return { last: layers.length - place }
  throw new UserError(`Expected ${model} to come together before its last ${least} of ${layers.length} layers, found no such place.`)
}
