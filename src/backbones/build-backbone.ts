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
  const net = askedNetwork(architecture, options)
  return backboneOf(net, weightedGraph(net, weights), options)
}

/**
 * The network in the size that the options ask for.
 *
 * @throws UserError when an option does not fit.
 */
export function askedNetwork(architecture: Architecture, options: BackboneOptions): Network {
  refuseOptions(architecture.name, options, ['mean', 'scale'])
  return network(architecture, options.size)
}

/** A network whose whole graph is there, cut at the layer that the options ask for. */
export function backboneOf(net: Network, whole: Graph, options: BackboneOptions): Backbone {
  const { name, version, input, layer: last } = net.architecture
  const layer = resolveLayer(whole, options.layer ?? last)
  return {
    name,
    identity: { architecture: name, version, weights: weightsDigest(whole) },
    graph: withOutputDims(cutAt(whole, layer), net),
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
