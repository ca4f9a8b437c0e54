import { resolve } from 'node:path'
import { type AddedModel, keepAdded } from './added-models.js'
import type { BackboneOptions } from './backbone.js'
import { describeGraph } from './describe-graph.js'
import { backbones } from './index.js'
import { resolveBackbone } from './resolve-backbone.js'

/**
 * Adds a user's model file under a name, once it has run on a blank image.
 *
 * @throws UserError when the name is none or taken, or the file is no network that takes images.
 */
export async function addModel(name: string, file: string, options: BackboneOptions = {}): Promise<AddedModel> {
  const { cache = 'cache', layer, size, mean, scale } = options
  const path = resolve(file) // a path for certain, whatever models are called
  const asked = { layer, size, mean, scale }
  const { layers: _listed, name: _file, ...facts } = await describeGraph(await resolveBackbone(path, asked))
  const model = { name, path, options: asked, facts }
  await keepAdded(model, cache, [...backbones.keys()])
  return model
}
