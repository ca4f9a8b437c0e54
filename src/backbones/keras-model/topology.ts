import type { Fields } from '../../base/json.js'

/** A Keras model as its configuration says, Sequential and Functional alike. */
export interface KerasModel {
  readonly name: string
  /** In the order of Keras' `model.layers`. */
  readonly layers: readonly KerasLayer[]
  readonly inputs: readonly Reference[]
  readonly outputs: readonly Reference[]
}

export interface KerasLayer {
  /** Unlike that of any other layer of its model. */
  readonly name: string
  readonly className: string
  readonly config: Fields
  /** Where the model uses the layer, in order; none for inputs. */
  readonly calls: readonly Call[]
  /** The layers inside, where the layer is itself a model. */
  readonly inner: KerasModel | undefined
}

/** One use of a layer. */
export interface Call {
  /** What it is applied to, lists flattened. */
  readonly operands: readonly Operand[]
  /** All arguments as they are written: a list in files of Keras 3, by name in others. */
  readonly given: unknown
}

/** A tensor, or a constant: one number, or one for each channel. */
export type Operand = Reference | number | readonly number[]

/** What a call of a layer gives. */
export interface Reference {
  readonly layer: string
  /** Index in the layer's calls. */
  readonly call: number
  /** Index in what the call gives: 0 but for models with several outputs. */
  readonly output: number
}

export function isReference(operand: Operand): operand is Reference {
  return typeof operand === 'object' && 'layer' in operand
}

/** A layer as errors name it. */
export function titleOf({ name, className }: KerasLayer): string {
  return `layer "${name}" (${className})`
}
