import { Unconvertible } from '../unconvertible.js'
import type { TfNode } from './graph-def.js'

/**
 * The nodes that a node needs, each behind those that it takes, and the node itself at the end.
 *
 * @throws Unconvertible when one is missing, or they take each other in a circle.
 */
export function nodesBefore(nodes: ReadonlyMap<string, TfNode>, last: string): readonly TfNode[] {
  const ordered = new Set<TfNode>()
  const open = new Set<string>()
  const stack = [last]
  while (stack.length > 0) {
    const name = stack.at(-1) ?? ''
    const node = nodes.get(name)
    if (!node) throw new Unconvertible(`no node "${name}" in it, which another one takes`)
    const missing = node.inputs.filter((input) => !isDone(nodes, input, ordered))
    if (missing.some((input) => open.has(input))) throw new Unconvertible(`node "${name}" in a circle of nodes`)
    if (missing.length === 0) {
      ordered.add(node)
      open.delete(name)
      stack.pop()
    } else {
      open.add(name)
      stack.push(...missing.slice(0, 1))
    }
  }
  return [...ordered]
}

function isDone(nodes: ReadonlyMap<string, TfNode>, name: string, ordered: ReadonlySet<TfNode>): boolean {
  const node = nodes.get(name)
  return node !== undefined && ordered.has(node)
}
