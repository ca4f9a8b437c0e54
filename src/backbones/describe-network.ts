import { cutAt, resolveLayer } from '../graph/cut.js'
import type { Architecture } from './architecture.js'
import type { BackboneOptions } from './backbone.js'
import { type BackboneFacts, backboneFacts, product } from './backbone-facts.js'
import { askedNetwork } from './build-backbone.js'

/**
 * What is known of a network of the field without its weights.
 *
 * @throws UserError when an option does not fit.
 */
export function describeNetwork(architecture: Architecture, options: BackboneOptions): BackboneFacts {
  const net = askedNetwork(architecture, options)
  const shape = net.assemble(new Map()) // the nodes are enough
  const layer = resolveLayer(shape, options.layer ?? architecture.layer)
  const cut = cutAt(shape, layer)
  const computed = new Set(cut.nodes.flatMap((node) => node.outputs))
  const layers = net.layers.filter(({ output }) => computed.has(output))
  const last = layers.find(({ output }) => output === cut.outputs[0]?.name)
  return backboneFacts({
    name: architecture.name,
    size: net.size,
    layer,
    codeShape: last ? channelsLast(last.dims) : null,
    input: architecture.input,
    layers: layers.map(({ name, kind, dims, weights, multiplyAdds }) => ({
      name,
      kind,
      shape: channelsLast(dims),
      parameters: weights.reduce((sum, slot) => sum + product(slot.dims), 0),
      multiplyAdds,
    })),
  })
}

/** [channels, height, width] → [height, width, channels]; other shapes as they are. */
function channelsLast(dims: readonly number[]): readonly number[] {
  const [channels = 0, ...sides] = dims
  return dims.length === 3 ? [...sides, channels] : dims
}
