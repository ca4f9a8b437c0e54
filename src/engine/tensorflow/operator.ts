import { UserError } from '../../base/errors.js'
import { layerName, type Node } from '../../graph/graph.js'
import type { Tensorflow, TfTensor } from './tensorflow.js'
import type { Value } from './value.js'

/** What an operator may use. */
export interface Context {
  readonly tf: Tensorflow
  /** Version of the standard operator set. */
  readonly opset: number
}

/** The tensors a node takes. */
export interface Inputs {
  /** The input at a position, which must be there. */
  at(position: number): Value
  /** The input at a position, if the node names one there. */
  optional(position: number): Value | undefined
  readonly all: readonly Value[]
}

/** Computes a node's first output, or all of them. */
export type Apply = (inputs: Inputs) => Value | readonly Value[]

/** A node ready to run. */
export interface Compiled {
  readonly apply: Apply
  /** Makes of the input at a position what `apply` takes there, a new tensor; done once where that input is a constant. */
  readonly prepare?: { readonly position: number; readonly by: (tensor: TfTensor) => TfTensor }
}

/**
 * Reads a node's attributes, once, when the session opens.
 *
 * @throws UserError when TensorFlow.js cannot do what they ask for.
 */
export type Operator = (node: Node, context: Context) => Compiled

/** A node that TensorFlow.js cannot run. */
export class TensorflowRefusal extends UserError {
  /** What is the matter, and in which layer. */
  readonly found: string

  constructor(node: Node, what: string) {
    const found = `${what} in layer "${layerName(node)}" (${node.op})`
    super(`Expected a network that TensorFlow.js can run, found ${found}. Use --engine onnx, which runs it.`)
    this.found = found
  }
}

/** What the engine says of a node that it cannot run. */
export function refusal(node: Node, what: string): TensorflowRefusal {
  return new TensorflowRefusal(node, what)
}
