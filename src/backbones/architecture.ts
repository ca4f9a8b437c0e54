import { UserError, usageError } from '../base/errors.js'
import { GraphBuilder } from '../graph/builder.js'
import type { Convention, Layer, Value } from '../graph/builder-layer.js'
import type { LayerWeights } from '../graph/builder-weights.js'
import type { Graph, Node } from '../graph/graph.js'
import type { InputRule } from './backbone.js'

/** A network of the field, without its classifier: data, and a function that builds it. */
export interface Architecture {
  readonly name: string
  /** Semantic version: raised when the graph computes other numbers. */
  readonly version: string
  /** Side of the images it was trained on, in pixels. */
  readonly size: number
  /** The smallest side it takes. */
  readonly smallest: number
  /** The layer that gives codes unless another is asked for: the last one. */
  readonly layer: string
  readonly input: InputRule
  /** Whose weight files it is read from. */
  readonly weights: Convention
  /** Set where nobody has trained it: without a weight file its weights are random. */
  readonly untrained?: true
  /** Adds all layers and returns the last one's output. */
  readonly build: (net: GraphBuilder) => Value
}

/** A network's shape at one input size, before it has weights. */
export interface Network {
  readonly architecture: Architecture
  readonly size: number
  /** In the order in which they were built. */
  readonly layers: readonly Layer[]
  /** The nodes that the layers are made of. */
  readonly nodes: readonly Node[]
  readonly output: Value
  /** The whole graph, once the weights are there. */
  readonly finish: (weights: LayerWeights) => Graph
  /** The same from the constants of a graph that was finished before, at whatever size. */
  readonly assemble: (constants: Graph['initializers']) => Graph
}

/** @param size side of the images in pixels, by default what the network was trained on. */
export function network(architecture: Architecture, size = architecture.size): Network {
  const { name, smallest } = architecture
  if (!Number.isInteger(size) || size < smallest) {
    throw usageError('--size', `a whole number of at least ${smallest} with ${name}`, size)
  }
  const net = new GraphBuilder(size, architecture.weights)
  const output = architecture.build(net)
  const { layers, nodes } = net
  const finish: Network['finish'] = (weights) => net.finish(output, weights)
  const assemble: Network['assemble'] = (constants) => net.assemble(output, constants)
  return { architecture, size, layers, nodes, output, finish, assemble }
}

/** A weight file that does not hold what the network needs. */
export function misfit(network: Network, expected: string, found: string): UserError {
  return new UserError(
    `Expected the weights of ${network.architecture.name} to have ${expected}, found ${found}. Check that the file belongs to this network and is without its top.`,
  )
}

/** A shape as people write it. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}
