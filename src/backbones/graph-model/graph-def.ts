import { type Fields, fieldsOf, itemsOf } from '../../base/json.js'
import { Unconvertible } from '../unconvertible.js'

/** A node of a TensorFlow graph. */
export interface TfNode {
  readonly name: string
  readonly op: string
  /** Names of nodes, whose first output is meant; those that only come before it are left out. */
  readonly inputs: readonly string[]
  readonly attributes: Fields
}

/**
 * Reads a GraphDef as TensorFlow.js writes it.
 *
 * @throws Unconvertible when a node takes another output of a node than its first, or two nodes have one name.
 */
export function parseGraphDef(json: unknown): ReadonlyMap<string, TfNode> {
  const nodes = itemsOf(fieldsOf(json).node).map(parseNode)
  const byName = new Map(nodes.map((node) => [node.name, node]))
  if (byName.size < nodes.length) throw new Unconvertible('two nodes of one name')
  return byName
}

function parseNode(json: unknown): TfNode {
  const { name, op, input, attr } = fieldsOf(json)
  const inputs = itemsOf(input)
    .map(String)
    .filter((each) => !each.startsWith('^'))
  return { name: String(name), op: String(op), inputs: inputs.map(nodeName), attributes: fieldsOf(attr) }
}

/** The node of a tensor's name, NAME or NAME:0. */
export function nodeName(tensor: string): string {
  const [, name = tensor, output = '0'] = /^(.*):(\d+)$/.exec(tensor) ?? []
  if (output === '0') return name
  throw new Unconvertible(`output ${output} of node "${name}" in use`)
}

/** A node as errors name it. */
export function titleOf({ name, op }: TfNode): string {
  return `node "${name}" (${op})`
}
