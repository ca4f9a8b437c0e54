import { type Constant, constantFor } from './builder-constant.js'
import type { AnyValue, Dims, Step, Value } from './builder-layer.js'
import { node, type Tensor } from './graph.js'

/** Operators of two tensors that work number by number, shapes stretched where a side is 1. */
export type Pairing = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min'

/** What layers and operations are applied to. */
export type Operand = AnyValue | Constant

export function isTensor(operand: Operand): operand is AnyValue {
  return 'name' in operand
}

/** A tensor and more tensors or constants in any order, number by number: ((a ∘ b) ∘ c) … */
export function mergeStep(op: Pairing, name: string, operands: readonly Operand[]): Step<readonly number[]> {
  const tensors = operands.filter(isTensor)
  const constants: Record<string, Tensor> = {}
  const [first, ...others] = operands.map((operand, at) => {
    if (isTensor(operand)) return operand
    const constant = constantFor(tensors[0] ?? { name, dims: [] }, operand)
    constants[`${name}/${at + 1}`] = constant
    return { name: `${name}/${at + 1}`, dims: constant.dims }
  })
  if (!first || others.length === 0) throw new Error(`Expected two or more inputs of layer ${name}`)
  const outputs = others.map((_, at) => (at === others.length - 1 ? name : `${name}:part${at + 1}`))
  return {
    inputs: tensors,
    nodes: others.map((other, at) => node(op, outputs[at] ?? name, [outputs[at - 1] ?? first.name, other.name])),
    dims: broadcast([first, ...others].map(({ dims }) => dims)),
    constants,
  }
}

/** The shape that shapes give together: the last axes one on the other, a side of 1 as long as the others need it. */
function broadcast(shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(...shapes.map((dims) => dims.length))
  return Array.from({ length: rank }, (_, axis) => Math.max(...shapes.map((dims) => dims[dims.length - rank + axis] ?? 1)))
}

/** Channels of maps one behind the other. */
export function concatStep(name: string, inputs: readonly Value[]): Step {
  const [, height = 0, width = 0] = inputs[0]?.dims ?? []
  const channels = inputs.reduce((sum, input) => sum + input.dims[0], 0)
  const dims: Dims = [channels, height, width]
  return { ...joinStep(name, inputs, 1), dims }
}

/** @param axis along which the tensors are put one behind the other, the batch being 0. */
export function joinStep(name: string, inputs: readonly AnyValue[], axis: number): Step<readonly number[]> {
  const names = inputs.map((input) => input.name)
  const length = inputs.reduce((sum, { dims }) => sum + (dims[axis - 1] ?? 0), 0)
  const dims = (inputs[0]?.dims ?? []).map((side, at) => (at === axis - 1 ? length : side))
  return { inputs, nodes: [node('Concat', name, names, { axis: { kind: 'int', value: axis } })], dims }
}
