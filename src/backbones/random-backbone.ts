import { usageError } from '../base/errors.js'
import type { Architecture } from './architecture.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { askedNetwork, backboneOf } from './build-backbone.js'
import { initialWeights } from './initial-weights.js'
import { randomWeights } from './random-weights.js'

/**
 * A network with random weights, for trying how fast it is or for training it: its codes mean nothing. The seed stands in its
 * identity, so that such codes never mix with others.
 */
export function randomBackbone(architecture: Architecture, options: BackboneOptions): Backbone {
  const { seed = 0 } = options
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw usageError('--seed', 'a whole number from 0 to 4294967295', seed)
  const net = askedNetwork(architecture, options)
  const weights = architecture.untrained ? initialWeights(net, seed) : randomWeights(net, seed)
  const { identity, ...backbone } = backboneOf(net, net.finish(weights), options)
  return { ...backbone, identity: { ...identity, random: String(seed) } }
}
