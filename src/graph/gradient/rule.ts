import type { Node } from '../graph.js'
import type { NodeWriter } from './node-writer.js'
import type { PartialDims } from './reshaped-dims.js'

/** A node of the forward pass, and what a rule needs to go back through it. */
export interface Call {
  readonly node: Node
  /** Name of ∂loss/∂y, y being the node's first output. */
  readonly gradient: string
  /** Whether the gradient of input number `at` is asked for. */
  readonly isWanted: (at: number) => boolean
  /** Shape of a tensor whose values the graph holds or did hold; undefined for others. */
  readonly dimsOf: (tensor: string) => readonly number[] | undefined
  /** The same, and what is known of other tensors' shapes before a run. */
  readonly sidesOf: (tensor: string) => PartialDims | undefined
  /** Where the rule writes its nodes; shapes that only a run tells are computed by nodes, too. */
  readonly write: NodeWriter
}

/**
 * Writes the nodes that compute ∂loss/∂x for each input x of a node, and names them in the inputs' order.
 *
 * Undefined stands for inputs that are not asked for, or that have no gradient (shapes, axes).
 */
export type Rule = (call: Call) => readonly (string | undefined)[]

/** Rules by the operator's name. */
export type Rules = Readonly<Record<string, Rule>>
