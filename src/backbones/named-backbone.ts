import { homedir } from 'node:os'
import { UserError } from '../base/errors.js'
import { findWeights, givenWeights } from '../weights/find-weights.js'
import { readWeights } from '../weights/read-weights.js'
import { weightSources } from '../weights/sources.js'
import type { Architecture } from './architecture.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { buildBackbone } from './build-backbone.js'

/**
 * A network of the field: built from the weights that `--weights` names, that lie on this machine, or that are downloaded
 * from their official address into the cache.
 */
export async function namedBackbone(architecture: Architecture, options: BackboneOptions): Promise<Backbone> {
  return buildBackbone(architecture, await readWeights(await weightsPath(architecture, options)), options)
}

async function weightsPath({ name }: Architecture, { weights, cache = 'cache', signal }: BackboneOptions): Promise<string> {
  if (weights !== undefined) return givenWeights(weights)
  const source = weightSources[name]
  if (source) return findWeights(source, { cache, home: homedir(), variables: process.env }, { signal })
  throw new UserError(`Expected --weights FILE for ${name}, whose weights have no official address, got none.`, 2)
}
