import { architectures } from '../backbones/architectures.js'
import type { Backbone, BackboneOptions } from '../backbones/backbone.js'
import { describeNetwork } from '../backbones/describe-network.js'
import { resolveBackbone } from '../backbones/resolve-backbone.js'
import { UserError } from '../base/errors.js'
import { product } from '../base/product.js'
import { constantOrigins } from '../graph/constant-origins.js'
import { withoutUnused } from '../graph/cut.js'
import { foldConstants } from '../graph/fold-constants.js'
import { gradientGraph } from '../graph/gradient/gradient-graph.js'
import { type Graph, layerName } from '../graph/graph.js'
import { tailFrom } from '../graph/tail.js'
import { type Cut, type CutOptions, findCut } from './find-cut.js'
import { trainedTensors } from './trained-tensors.js'

/** What is to be trained of a network. */
export interface TailPlan {
  /** The whole network; small weights that its file keeps as float16 are float32. */
  readonly backbone: Backbone
  readonly cut: Cut
  /** Constants that are trained. */
  readonly trained: readonly string[]
  /** Numbers in them. */
  readonly parameters: number
}

/**
 * Cuts a network and makes sure that what lies behind the cut can be trained, before any image is read.
 *
 * @throws UserError for an unknown model or layer, a cut inside a branch or without weights behind it, an operator without gradient.
 */
export async function planTail(model: string, options: BackboneOptions & CutOptions): Promise<TailPlan> {
  const resolved = await resolveBackbone(model, options)
  const graph = withoutUnused(foldConstants(resolved.graph))
  const cut = findCut(graph, layersOf(model, graph, options), options)
  const tail = tailFrom(graph, cut.tensor)
  const trained = trainedTensors(tail, graph)
  if (trained.length === 0) {
    const found = cut.layers.length === 0 ? 'none' : `only ${cut.layers.map((layer) => `"${layer}"`).join(', ')}`
    throw new UserError(`Expected layers with weights behind the cut, found ${found}. Give a larger --last, or an earlier --from.`, 2)
  }
  gradientGraph(tail, { trained })
  const parameters = trained.reduce((sum, name) => sum + product(graph.initializers.get(name)?.dims ?? []), 0)
  return { backbone: { ...resolved, graph }, cut, trained, parameters }
}

/** Names of the layers up to the one that gives codes: those of the architecture, or else the nodes. */
export function layersOf(model: string, graph: Graph, options: BackboneOptions): string[] {
  const architecture = architectures.get(model)
  if (architecture) return describeNetwork(architecture, options).layers.map(({ name }) => name)
  const constants = constantOrigins(graph)
  return graph.nodes.filter(({ outputs }) => !outputs.some((output) => constants.has(output))).map(layerName)
}
