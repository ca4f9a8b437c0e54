import { architectures } from './architectures.js'
import type { BackboneOptions } from './backbone.js'
import type { BackboneFacts } from './backbone-facts.js'
import { describeGraph } from './describe-graph.js'
import { describeNetwork } from './describe-network.js'
import { resolveBackbone } from './resolve-backbone.js'

/**
 * What is known of the network that `--model` means, up to the layer that the options ask for; networks of the field need no
 * weights for that.
 *
 * @throws UserError when there is no such network or layer, or an option does not fit.
 */
export async function describeBackbone(model: string, options: BackboneOptions = {}): Promise<BackboneFacts> {
  const architecture = architectures.get(model)
  return architecture ? describeNetwork(architecture, options) : describeGraph(await resolveBackbone(model, options))
}
