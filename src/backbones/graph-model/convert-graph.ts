import type { GraphBuilder } from '../../graph/builder.js'
import type { Constant } from '../../graph/builder-constant.js'
import type { AnyValue, WeightSlot } from '../../graph/builder-layer.js'
import { isTensor, type Operand } from '../../graph/builder-merge.js'
import type { StateDict } from '../../weights/weights.js'
import { shapeText } from '../architecture.js'
import { Unconvertible, UnfitWeights } from '../unconvertible.js'
import { constantRules } from './constant-nodes.js'
import { type TfNode, titleOf } from './graph-def.js'
import type { NodeCall, NodeStep } from './node-call.js'
import { nodeRules } from './node-rules.js'

/** What a graph's nodes become: the tensor at its end, and the weights by node. */
export interface ConvertedGraph {
  readonly output: AnyValue
  readonly weights: ReadonlyMap<string, readonly Float32Array[]>
}

/**
 * Adds nodes to a network, each under its own name.
 *
 * @param nodes in such an order that each stands behind those that it takes; the last one is the output.
 * @param weights of the nodes of constants, by name.
 */
export function addNodes(net: GraphBuilder, nodes: readonly TfNode[], weights: StateDict): ConvertedGraph {
  const values = new Map<string, Operand>()
  const taken = new Map<string, readonly Float32Array[]>()
  for (const node of nodes) {
    const operands = node.inputs.flatMap((input) => values.get(input) ?? [])
    values.set(node.name, source(net, node, weights) ?? constantOf({ node, operands }) ?? added(net, { node, operands }, taken))
  }
  const output = values.get(nodes.at(-1)?.name ?? '')
  if (!output || !isTensor(output) || output.name === net.image.name) throw new Unconvertible('an output that does not depend on the image')
  return { output, weights: taken }
}

/** The image, or a constant from the file. */
function source({ image }: GraphBuilder, node: TfNode, weights: StateDict): Operand | undefined {
  if (node.op === 'Placeholder') return image
  if (node.op !== 'Const') return undefined
  const constant = weights.get(node.name)
  if (constant) return { shape: constant.shape, data: constant.data }
  throw new UnfitWeights(`no weights of ${titleOf(node)} in it`)
}

function constantOf(call: NodeCall): Constant | undefined {
  return constantRules.get(call.node.op)?.(call)
}

function added(net: GraphBuilder, call: NodeCall, taken: Map<string, readonly Float32Array[]>): AnyValue {
  const { node } = call
  const rule = nodeRules.get(node.op)
  if (!rule) throw new Unconvertible(`${titleOf(node)}, which this program does not know`)
  const { step, weights = [] }: NodeStep = rule(call)
  taken.set(
    node.name,
    (step.weights ?? []).map((slot, at) => fitting(node, slot, weights[at])),
  )
  return net.addStep(node.op, node.name, step)
}

function fitting(node: TfNode, { name, shape }: WeightSlot, found: Constant | undefined): Float32Array {
  if (found && shapeText(found.shape) === shapeText(shape)) return found.data
  throw new UnfitWeights(`${name} of ${titleOf(node)} in the shape ${shapeText(found?.shape ?? [])} in place of ${shapeText(shape)}`)
}
