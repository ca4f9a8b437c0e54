import type { Attribute, Node } from './graph.js'

/** An integer attribute of a node, or what the operator takes where it is left out. */
export function intOf<T>(node: Node, name: string, otherwise: T): number | T {
  const attribute = node.attributes[name]
  return attribute?.kind === 'int' ? attribute.value : otherwise
}

/** A list of integers, or undefined where it is left out. */
export function intsOf(node: Node, name: string): readonly number[] | undefined {
  const attribute = node.attributes[name]
  return attribute?.kind === 'ints' ? attribute.value : undefined
}

/** A float attribute of a node, or what the operator takes where it is left out. */
export function floatOf(node: Node, name: string, otherwise: number): number {
  const attribute = node.attributes[name]
  return attribute?.kind === 'float' ? attribute.value : otherwise
}

/** A string attribute of a node, or what the operator takes where it is left out. */
export function textOf(node: Node, name: string, otherwise: string): string {
  const attribute = node.attributes[name]
  return attribute?.kind === 'string' ? attribute.value : otherwise
}

/** An integer attribute. */
export function int(value: number): Attribute {
  return { kind: 'int', value }
}

/** An attribute that lists integers. */
export function ints(value: readonly number[]): Attribute {
  return { kind: 'ints', value }
}

/** A float attribute. */
export function float(value: number): Attribute {
  return { kind: 'float', value }
}

/** A string attribute. */
export function text(value: string): Attribute {
  return { kind: 'string', value }
}
