import { network } from '../../src/backbones/architecture.js'
import { architectures } from '../../src/backbones/architectures.js'
import type { Backbone } from '../../src/backbones/backbone.js'
import { filledWeights } from '../../src/backbones/filled-weights.js'

/** A network by name with made-up weights, at the smallest side that it takes. */
export function smallestBackbone(name: string): Backbone {
  const architecture = architectures.get(name)
  if (!architecture) throw new Error(`Expected an architecture named ${name}`)
  const net = network(architecture, architecture.smallest)
  const identity = { architecture: name, version: '1.0.0', weights: '0'.repeat(64) }
  const graph = net.finish(filledWeights(net))
  return { name, identity, graph, layer: 'last', size: net.size, layout: 'nchw', batch: undefined, input: architecture.input }
}
