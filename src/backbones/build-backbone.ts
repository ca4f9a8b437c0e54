import { UserError } from '../base/errors.js'
import { cutAt, resolveLayer } from '../graph/cut.js'
import type { Graph } from '../graph/graph.js'
import type { NetworkWeights } from '../weights/read-weights.js'
import { type Architecture, type Network, network } from './architecture.js'
import type { Backbone, BackboneOptions } from './backbone.js'
import { matchKerasWeights } from './keras-weights.js'
import { refuseOptions } from './refuse-options.js'
import { matchTorchWeights } from './torch-weights.js'
import { weightsDigest } from './weights-digest.js'

/**
 * A network of the field with weights from a file.
 *
 * @throws UserError when the weights are another network's, or an option does not fit.
 */
export function buildBackbone(architecture: Architecture, weights: NetworkWeights, options: BackboneOptions = {}): Backbone {
  const { name, version, input } = architecture
  refuseOptions(name, options, ['mean', 'scale'])
  const net = network(architecture, options.size)
  const graph = weightedGraph(net, weights)
  const layer = resolveLayer(graph, options.layer ?? architecture.layer)
  return {
    name,
    identity: { architecture: name, version, weights: weightsDigest(graph) },
    graph: withOutputDims(cutAt(graph, layer), net),
    layer,
    size: net.size,
    layout: 'nchw',
    batch: undefined,
    input,
  }
}

/**
 * The whole graph of a network, its weights matched to its layers.
 *
 * @throws UserError when the weights are another network's.
 */
export function weightedGraph(net: Network, weights: NetworkWeights): Graph {
  const { name, weights: convention } = net.architecture
  if (weights.convention !== convention) {
    const [wanted, found] = convention === 'keras' ? ['Keras', 'a state dictionary of torch'] : ['torch', 'layers of Keras']
    throw new UserError(
      `Expected the weights of ${name} to be in the layout of ${wanted}, found ${found}. Give a file of that layout with --weights.`,
    )
  }
  return net.finish(weights.convention === 'keras' ? matchKerasWeights(net, weights.layers) : matchTorchWeights(net, weights.tensors))
}

/** The graph with its output's shape declared, where the output is a layer's. */
function withOutputDims(graph: Graph, { layers }: Network): Graph {
  const [output] = graph.outputs
  const dims = layers.find((layer) => layer.output === output?.name)?.dims
  return output && dims ? { ...graph, outputs: [{ name: output.name, type: 'float32', dims: ['n', ...dims] }] } : graph
}
