import { consumersOf } from './consumers.js'
import type { Graph, Node } from './graph.js'
import { floatsOf } from './tensor-floats.js'

/**
 * What becomes of a node:
 * - weighted: a layer with int8 weights, output channels along `axis` of them, and an int32 bias;
 * - computed: an operator of activations, which the engine runs on bytes;
 * - carried: it only moves or compares numbers, so it takes the bytes as they are, and their scale;
 * - float: it stays as it is.
 */
export type Step = { readonly node: Node; readonly output: string } & (
  | { readonly kind: 'weighted'; readonly axis: 0 | 1 }
  | { readonly kind: 'computed' | 'carried' | 'float' }
)

/** Which parts of a graph run on integers. */
export interface QuantizationPlan {
  readonly steps: readonly Step[]
  /** Tensors that are bytes, and the tensor whose scale each has: its own, unless bytes are carried on. */
  readonly scaleOf: ReadonlyMap<string, string>
}

/** Operators of activations alone that the engine has for bytes. */
const computedOps = new Set(['Add', 'Concat', 'AveragePool', 'GlobalAveragePool', 'LeakyRelu', 'Relu'])

const carriedOps = new Set(['Identity', 'MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze'])

/**
 * Decides what is quantized: every Conv, Gemm and MatMul with constant weights, and what stands between them.
 *
 * A Relu or Clip behind one of these is swallowed: the range of its output, which starts at its lower bound, does the
 * same, so `output` of the step is the activation's.
 */
export function quantizationPlan(graph: Graph): QuantizationPlan {
  const swallowed = new Set<Node>()
  const scaleOf = new Map<string, string>()
  const activationOf = findActivations(graph)
  const steps: Step[] = []
  for (const node of graph.nodes) {
    if (swallowed.has(node)) continue
    const [input = ''] = node.inputs
    const kind = kindOf(graph, node, scaleOf)
    const activation = kind.kind === 'weighted' || kind.kind === 'computed' ? activationOf(node) : undefined
    const output = (activation ?? node).outputs[0] ?? ''
    steps.push({ node, output, ...kind })
    if (activation) swallowed.add(activation)
    if (kind.kind === 'weighted' && !scaleOf.has(input)) scaleOf.set(input, input)
    if (kind.kind !== 'float') scaleOf.set(output, kind.kind === 'carried' ? (scaleOf.get(input) ?? input) : output)
  }
  return { steps, scaleOf }
}

type Kind = { readonly kind: 'weighted'; readonly axis: 0 | 1 } | { readonly kind: 'computed' | 'carried' | 'float' }

function kindOf(graph: Graph, node: Node, bytes: ReadonlyMap<string, string>): Kind {
  const axis = weightAxis(graph, node)
  if (axis !== undefined) return { kind: 'weighted', axis }
  if (node.domain !== '' || node.outputs.length !== 1) return { kind: 'float' }
  if (computedOps.has(node.op) && node.inputs.every((input) => bytes.has(input))) return { kind: 'computed' }
  if ((carriedOps.has(node.op) || padsZeros(graph, node)) && bytes.has(node.inputs[0] ?? '')) return { kind: 'carried' }
  return { kind: 'float' }
}

function padsZeros({ initializers }: Graph, { op, inputs, attributes }: Node): boolean {
  const mode = attributes.mode?.kind === 'string' ? attributes.mode.value : 'constant'
  const filler = initializers.get(inputs[2] ?? '')
  return op === 'Pad' && mode === 'constant' && (!inputs[2] || (filler !== undefined && floatsOf(filler)?.[0] === 0))
}

/** The axis of output channels of a layer's weights; undefined where the node is no layer with constant float32 weights. */
function weightAxis({ initializers }: Graph, { op, domain, inputs, attributes }: Node): 0 | 1 | undefined {
  const [weight, bias] = inputs.slice(1).map((name) => initializers.get(name))
  if (domain !== '' || weight?.type !== 'float32' || (inputs[2] && !(bias?.type === 'float32' && bias.dims.length === 1))) return undefined
  const number = (name: string, usual: number) => {
    const attribute = attributes[name]
    return attribute?.kind === 'int' || attribute?.kind === 'float' ? attribute.value : usual
  }
  if (op === 'Conv') return 0
  if (weight.dims.length !== 2) return undefined
  if (op === 'MatMul') return 1
  if (op !== 'Gemm' || number('alpha', 1) !== 1 || number('beta', 1) !== 1 || number('transA', 0) !== 0) return undefined
  return number('transB', 0) === 0 ? 1 : 0
}

/** Finds the Relu or Clip around zero that alone takes what a node computes. */
function findActivations(graph: Graph): (node: Node) => Node | undefined {
  const consumers = consumersOf(graph)
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  return ({ outputs: [output = ''] }) => {
    const [next, ...others] = consumers.get(output) ?? []
    if (!next || others.length > 0 || outputs.has(output) || next.domain !== '' || next.inputs[0] !== output) return undefined
    return next.op === 'Relu' || (next.op === 'Clip' && reachesZero(graph, next)) ? next : undefined
  }
}

function reachesZero({ initializers }: Graph, { inputs }: Node): boolean {
  const [low, high] = inputs.slice(1).map((name) => initializers.get(name))
  const bound = (tensor: typeof low) => (tensor ? floatsOf(tensor)?.[0] : undefined)
  return (!inputs[1] || (bound(low) ?? 1) <= 0) && (!inputs[2] || (bound(high) ?? -1) >= 0)
}
