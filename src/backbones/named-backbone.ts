import { UserError } from '../base/errors.js'
import type { Progress } from '../weights/fetch-to-file.js'
import { findWeights, givenWeights } from '../weights/find-weights.js'
import { weightSources } from '../weights/sources.js'
import { thisMachine } from '../weights/weight-folders.js'
import type { Architecture } from './architecture.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { askedNetwork, backboneOf } from './build-backbone.js'
import { builtGraph } from './built-graph.js'
import { hasRandomWeights } from './has-random-weights.js'
import { randomBackbone } from './random-backbone.js'

/**
 * A network of the field: built from the weights that `--weights` names, that lie on this machine, or that are downloaded
 * from their official address into the cache; or with random ones, where they are asked for or there are no others.
 */
export async function namedBackbone(architecture: Architecture, options: BackboneOptions): Promise<Backbone> {
  if (hasRandomWeights(architecture.name, options)) return randomBackbone(architecture, options)
  const net = askedNetwork(architecture, options)
  const path = await weightsPath(architecture, options)
  const graph = await builtGraph(net, path, options).catch((error: unknown) => {
    const isGiven = options.weights !== undefined
    throw error instanceof UserError && !isGiven ? foundDamaged(path, error) : error
  })
  return backboneOf(net, graph, options)
}

/** Only official weights without a checksum can be damaged and found all the same. */
function foundDamaged(path: string, { message }: UserError): UserError {
  return new UserError(`${message} The file was found there, not given: delete ${path}, or give another one with --weights FILE.`)
}

async function weightsPath({ name }: Architecture, options: BackboneOptions): Promise<string> {
  const { weights, cache, signal, onDownload } = options
  if (weights !== undefined) return givenWeights(weights)
  const source = weightSources[name]
  if (!source) {
    throw new UserError(
      `Expected --weights FILE for ${name}, whose weights have no official address, got none. For trying its speed: --weights random.`,
      2,
    )
  }
  const onProgress = (progress: Progress) => onDownload?.({ file: source.file, ...progress })
  return findWeights(source, thisMachine(cache), { signal, onProgress })
}
