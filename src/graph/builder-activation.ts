import type { AnyValue, Step, Value } from './builder-layer.js'
import { floats } from './builder-weights.js'
import { type Attribute, type Node, node, type Tensor } from './graph.js'

/** A function of each number of a tensor, or of those along its channels: the nodes that compute it, the last of which bears the name. */
export type Activation = (name: string, x: AnyValue) => Pick<Step, 'nodes' | 'constants'>

/** min(max(x, low), high). */
export function clip(low: number, high: number): Activation {
  return (name, x) => ({
    nodes: [node('Clip', name, [x.name, `${name}/low`, `${name}/high`])],
    constants: { [`${name}/low`]: scalar(low), [`${name}/high`]: scalar(high) },
  })
}

/** One operator of ONNX. */
export function operator(op: string, attributes: Readonly<Record<string, Attribute>> = {}): Activation {
  return (name, x) => ({ nodes: [node(op, name, [x.name], attributes)] })
}

/** One function after another, none of which is such a chain itself. */
export function chain(...functions: readonly Activation[]): Activation {
  return (name, x) => {
    const names = functions.map((_, at) => (at === functions.length - 1 ? name : `${name}:part${at + 1}`))
    const parts = functions.map((part, at) => part(names[at] ?? name, { ...x, name: names[at - 1] ?? x.name }))
    const constants = Object.fromEntries(parts.flatMap((part) => Object.entries(part.constants ?? {})))
    return { nodes: parts.flatMap((part) => part.nodes), constants }
  }
}

/** A step with a function behind it, both as one layer. */
export function activated<Shape extends readonly number[]>(
  name: string,
  step: Step<Shape>,
  activation: Activation | undefined,
): Step<Shape> {
  const last = step.nodes.at(-1)
  if (!activation || !last) return step
  const inner = `${name}:linear`
  const { nodes, constants } = activation(name, { name: inner, dims: step.dims })
  const renamed: Node = { ...last, name: inner, outputs: [inner] }
  return { ...step, nodes: [...step.nodes.slice(0, -1), renamed, ...nodes], constants: { ...step.constants, ...constants } }
}

/** A layer that is nothing but a function. */
export function activationStep<Shape extends readonly number[]>(name: string, x: Value<Shape>, activation: Activation): Step<Shape> {
  return { inputs: [x], dims: x.dims, ...activation(name, x) }
}

/** x · factor(x). */
export function gated(factor: Activation): Activation {
  return (name, x) => {
    const { nodes, constants = {} } = factor(`${name}:factor`, x)
    return { nodes: [...nodes, node('Mul', name, [x.name, `${name}:factor`])], constants }
  }
}

/** factor · x. */
export function scaled(factor: number): Activation {
  return (name, x) => ({ nodes: [node('Mul', name, [x.name, `${name}/scale`])], constants: { [`${name}/scale`]: scalar(factor) } })
}

/** x + offset. */
export function shifted(offset: number): Activation {
  return (name, x) => ({ nodes: [node('Add', name, [x.name, `${name}/offset`])], constants: { [`${name}/offset`]: scalar(offset) } })
}

function scalar(value: number): Tensor {
  return floats([], Float32Array.of(value))
}
