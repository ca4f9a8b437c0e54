import { type Affine, affineOf } from './affine.js'
import { floats } from './builder-weights.js'
import { type Graph, type Node, node, type Tensor } from './graph.js'
import type { QuantizationPlan, Step } from './quantization-plan.js'
import { quantizeWeights } from './quantize-weights.js'
import type { CalibratedRange, Ranges } from './ranges.js'
import { floatsOf } from './tensor-floats.js'
import { weightNodes } from './weight-nodes.js'

interface WriterOptions {
  readonly ranges: Ranges
  /** The largest magnitude of a weight. */
  readonly limit: 127 | 64
}

/**
 * Writes the nodes of a quantized graph and collects their constants.
 *
 * A tensor t that a quantized node computes becomes `t:float` → QuantizeLinear → `t:bytes` → DequantizeLinear → t, so
 * that whoever takes t finds it. Other tensors (the image, outputs of float nodes) stay, and quantized nodes take
 * `t:rounded` in their place.
 */
export class IntegerWriter {
  readonly constants: Map<string, Tensor>
  readonly #plan: QuantizationPlan
  readonly #options: WriterOptions
  /** Tensors that quantized nodes compute. */
  readonly #made: ReadonlySet<string>

  constructor(graph: Graph, plan: QuantizationPlan, options: WriterOptions) {
    this.constants = new Map(graph.initializers)
    this.#plan = plan
    this.#options = options
    this.#made = new Set(plan.steps.flatMap(({ kind, output }) => (kind === 'float' ? [] : [output])))
  }

  /** What a node of the plan becomes. */
  write(step: Step): Node[] {
    if (step.kind === 'float') return [step.node, ...step.node.outputs.flatMap((output) => this.toBytes(output))]
    return [...this.#quantized(step), ...this.toBytes(step.output)]
  }

  /** The nodes that make bytes of a tensor and read them again; none where the tensor stays as it is. */
  toBytes(tensor: string): Node[] {
    const source = this.#plan.scaleOf.get(tensor)
    if (source === undefined) return []
    const { names } = this.#affine(source)
    const read = { ...node('DequantizeLinear', `${tensor}:rounded`, [`${tensor}:bytes`, ...names]), outputs: [this.#read(tensor)] }
    if (source !== tensor) return [read]
    return [node('QuantizeLinear', `${tensor}:bytes`, [this.#made.has(tensor) ? `${tensor}:float` : tensor, ...names]), read]
  }

  #quantized(step: Step): Node[] {
    switch (step.kind) {
      case 'weighted':
        return this.#weighted(step, step.axis)
      case 'carried':
        return [this.#carried(step)]
      default:
        return [this.#computed(step)]
    }
  }

  #weighted({ node: layer, output }: Step, axis: 0 | 1): Node[] {
    const [input = '', weight = '', bias = ''] = layer.inputs
    const { group } = layer.attributes
    const floats = {
      dims: this.constants.get(weight)?.dims ?? [],
      values: this.#floats(weight),
      axis,
      groups: group?.kind === 'int' ? group.value : 1,
      bias: bias === '' ? undefined : this.#floats(bias),
    }
    const { scale: inputScale } = this.#affine(this.#plan.scaleOf.get(input) ?? input)
    const integers = quantizeWeights(floats, { inputScale, inputMeans: this.#range(input).means, limit: this.#options.limit })
    const { nodes, constants } = weightNodes(output, integers, axis)
    for (const [name, constant] of constants) this.constants.set(name, constant)
    const read = layer.op === 'MatMul' ? nodes.slice(0, 1) : nodes // MatMul has no bias
    return [...read, { ...layer, inputs: [this.#read(input), ...read.map(({ name }) => name)], outputs: [`${output}:float`] }]
  }

  #computed({ node: { attributes, ...operator }, output }: Step): Node {
    const parts = { ...operator, inputs: operator.inputs.map((input) => this.#read(input)), outputs: [`${output}:float`] }
    // The engine has a leaky rectifier for bytes, and none that does not leak.
    return operator.op === 'Relu'
      ? { ...parts, op: 'LeakyRelu', attributes: { alpha: { kind: 'float', value: 0 } } }
      : { ...parts, attributes }
  }

  /** Padding of bytes needs the byte that stands for 0. */
  #carried({ node: { inputs, ...operator }, output }: Step): Node {
    const [input = '', ...others] = inputs
    const zero = this.#affine(this.#plan.scaleOf.get(input) ?? input).names[1] ?? ''
    const rest = operator.op === 'Pad' ? [others[0] ?? '', zero] : others
    return { ...operator, inputs: [`${input}:bytes`, ...rest], outputs: [`${output}:bytes`] }
  }

  /** The name under which quantized nodes take a tensor. */
  #read(tensor: string): string {
    return this.#made.has(tensor) ? tensor : `${tensor}:rounded`
  }

  /** The scale of a tensor, and the names of the constants that hold it. */
  #affine(tensor: string): Affine & { readonly names: readonly string[] } {
    const affine = affineOf(this.#range(tensor))
    const names = [`${tensor}:scale`, `${tensor}:zero`]
    this.constants.set(`${tensor}:scale`, floats([], Float32Array.of(affine.scale)))
    this.constants.set(`${tensor}:zero`, { type: 'uint8', dims: [], bytes: Uint8Array.of(affine.zeroPoint) })
    return { ...affine, names }
  }

  #range(tensor: string): CalibratedRange {
    const range = this.#options.ranges.get(tensor)
    if (!range) throw new Error(`Expected a range for tensor ${tensor}, found none`)
    return range
  }

  #floats(constant: string): Float32Array {
    const tensor = this.constants.get(constant)
    const values = tensor && floatsOf(tensor)
    if (!values) throw new Error(`Expected float32 weights in ${constant}, found ${tensor?.type ?? 'nothing'}`)
    return values
  }
}
