import { consumedBy } from '../consumers.js'
import type { Graph, Node } from '../graph.js'
import type { NodeWriter } from './node-writer.js'
import { reshapedDims } from './reshaped-dims.js'
import { ruleOf } from './rules.js'
import { unsupported } from './unsupported.js'

interface BackPassOptions {
  /** The tensor whose gradient is given. */
  readonly output: string
  /** The name of its gradient. */
  readonly gradient: string
  readonly write: NodeWriter
}

/**
 * Goes through the nodes from the last to the first and writes the gradients of everything that lies between `tensors`
 * and the output: the names of the gradients by their tensors' names.
 */
export function backPass(
  graph: Graph,
  tensors: readonly string[],
  { output, gradient, write }: BackPassOptions,
): ReadonlyMap<string, string> {
  const wanted = dependents(graph, tensors)
  const terms = new Map<string, readonly string[]>([[output, [gradient]]])
  const gradients = new Map<string, string>()
  const settle = (tensor: string) => {
    const [first, ...others] = terms.get(tensor) ?? []
    if (first !== undefined) gradients.set(tensor, others.length > 0 ? write.op('Sum', [first, ...others]) : first)
    return gradients.get(tensor)
  }
  const isWanted = (node: Node) => (at: number) => wanted.has(node.inputs[at] ?? '')
  const dimsOf = (tensor: string) => graph.initializers.get(tensor)?.dims
  const sidesOf = (tensor: string) => dimsOf(tensor) ?? reshapedDims(graph, tensor)
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((tensor) => wanted.has(tensor))) continue
    const [own, ...others] = node.outputs.map(settle)
    const isOther = others.some((other) => other !== undefined)
    if (own === undefined && !isOther) continue
    const rule = ruleOf(node)
    if (own === undefined || isOther) throw unsupported(node, 'one output that leads to the loss', 'another one')
    const found = rule({ node, gradient: own, isWanted: isWanted(node), dimsOf, sidesOf, write })
    for (const [at, input] of node.inputs.entries()) {
      const term = found[at]
      if (term !== undefined && wanted.has(input)) terms.set(input, [...(terms.get(input) ?? []), term])
    }
  }
  for (const tensor of tensors) settle(tensor)
  return gradients
}

/** Operators whose outputs have no gradient: shapes, places and truths. */
const flat = new Set(['Shape', 'Size', 'ArgMax', 'ArgMin', 'NonZero', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Not'])

/** The tensors that depend smoothly on one of those given, which are among them. */
function dependents(graph: Graph, on: readonly string[]): ReadonlySet<string> {
  const found = new Set(on)
  for (const node of graph.nodes) {
    if (flat.has(node.op) || !consumedBy(node).some((input) => found.has(input))) continue
    for (const output of node.outputs) if (output !== '') found.add(output)
  }
  return found
}
