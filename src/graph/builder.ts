import {
  type ConvOptions,
  convStep,
  type DepthwiseOptions,
  depthwiseStep,
  type SeparableOptions,
  type Step,
  separableStep,
} from './builder-conv.js'
import { batchNormEpsilon, batchNormNames, type Convention, channelSlot, type Dims, type Layer, type Value } from './builder-layer.js'
import { filledSlots, floats, type LayerWeights } from './builder-weights.js'
import { type Padding, type Pads, poolAttributes, type Sides, slide } from './builder-window.js'
import { type Graph, type Node, node, type Tensor } from './graph.js'

export interface PoolOptions {
  readonly kernel: Sides
  /** Default: the kernel's sides. */
  readonly strides?: Sides
  /** Default: valid. Added rows and columns never count in an average. */
  readonly padding?: Padding
}

/**
 * Builds the graph of a network layer by layer; maps are [n, channels, height, width] throughout.
 *
 * The shape of a network comes first and its weights at the end, because weight files have an order of their own that
 * only the whole network tells. Every method adds one layer, and the node that computes it bears its name.
 */
export class GraphBuilder {
  /** The batch of images. */
  readonly image: Value
  readonly #convention: Convention
  readonly #nodes: Node[] = []
  readonly #layers: Layer[] = []
  readonly #constants = new Map<string, Tensor>()
  readonly #counts = new Map<string, number>()

  /** @param size side of the square images in pixels. */
  constructor(size: number, convention: Convention) {
    this.image = { name: 'image', dims: [3, size, size] }
    this.#convention = convention
  }

  /** The layers so far, in the order in which they were added. */
  get layers(): readonly Layer[] {
    return this.#layers
  }

  /** The nodes so far, every one behind those that it takes from. */
  get nodes(): readonly Node[] {
    return this.#nodes
  }

  /** The name Keras gives to the next layer of a kind that has none: conv2d, conv2d_1, conv2d_2, … */
  autoName(kind: string): string {
    const count = this.#counts.get(kind) ?? 0
    this.#counts.set(kind, count + 1)
    return count === 0 ? kind : `${kind}_${count}`
  }

  conv(name: string, x: Value, options: ConvOptions): Value {
    return this.#add('conv2d', name, convStep(this.#convention, name, x, options))
  }

  /** A convolution of each channel by itself. */
  depthwiseConv(name: string, x: Value, options: DepthwiseOptions): Value {
    return this.#add('depthwise_conv2d', name, depthwiseStep(this.#convention, name, x, options))
  }

  /** A depthwise convolution and a 1 × 1 one behind it: two nodes, the last one bears the name. */
  separableConv(name: string, x: Value, options: SeparableOptions): Value {
    return this.#add('separable_conv2d', name, separableStep(this.#convention, name, x, options))
  }

  /** @param options `scale` false: no gamma; `epsilon` by default that of the convention. */
  batchNorm(name: string, x: Value, options: { readonly epsilon?: number; readonly scale?: boolean } = {}): Value {
    const { epsilon = batchNormEpsilon[this.#convention], scale = true } = options
    const [channels] = x.dims
    const slots = batchNormNames[this.#convention].map((part) => channelSlot(part, `${name}/${part}`, channels))
    const tensors = slots.map((slot) => slot.tensor)
    if (!scale) this.#constants.set(tensors[0] ?? '', floats([channels], new Float32Array(channels).fill(1)))
    const nodes = [node('BatchNormalization', name, [x.name, ...tensors], { epsilon: { kind: 'float', value: epsilon } })]
    return this.#add('batch_normalization', name, { inputs: [x], nodes, dims: x.dims, weights: scale ? slots : slots.slice(1) })
  }

  /** @param output the tensor's name where it is not the layer's: a second name that finds the same layer. */
  relu(name: string, x: Value, output = name): Value {
    return this.#add('activation', name, { inputs: [x], nodes: [{ ...node('Relu', name, [x.name]), outputs: [output] }], dims: x.dims })
  }

  /** min(max(x, 0), 6). */
  relu6(name: string, x: Value): Value {
    const bounds = [0, 6].map((bound) => {
      this.#constants.set(`${name}/${bound}`, floats([], Float32Array.of(bound)))
      return `${name}/${bound}`
    })
    return this.#add('re_lu', name, { inputs: [x], nodes: [node('Clip', name, [x.name, ...bounds])], dims: x.dims })
  }

  maxPool(name: string, x: Value, options: PoolOptions): Value {
    return this.#pool('MaxPool', name, x, options)
  }

  averagePool(name: string, x: Value, options: PoolOptions): Value {
    return this.#pool('AveragePool', name, x, options)
  }

  /** The mean of each channel, [channels, 1, 1]. */
  globalAveragePool(name: string, x: Value): Value {
    return this.#add('global_average_pooling2d', name, {
      inputs: [x],
      nodes: [node('GlobalAveragePool', name, [x.name])],
      dims: [x.dims[0], 1, 1],
    })
  }

  /** The maximum of each channel, [channels, 1, 1]. */
  globalMaxPool(name: string, x: Value): Value {
    return this.#add('global_max_pooling2d', name, { inputs: [x], nodes: [node('GlobalMaxPool', name, [x.name])], dims: [x.dims[0], 1, 1] })
  }

  zeroPad(name: string, x: Value, [top, left, bottom, right]: Pads): Value {
    const pads = BigInt64Array.from([0, 0, top, left, 0, 0, bottom, right], BigInt)
    this.#constants.set(`${name}/pads`, { type: 'int64', dims: [8], bytes: new Uint8Array(pads.buffer) })
    const [channels, height, width] = x.dims
    const dims: Dims = [channels, height + top + bottom, width + left + right]
    return this.#add('zero_padding2d', name, { inputs: [x], nodes: [node('Pad', name, [x.name, `${name}/pads`])], dims })
  }

  add(name: string, a: Value, b: Value): Value {
    return this.#add('add', name, { inputs: [a, b], nodes: [node('Add', name, [a.name, b.name])], dims: a.dims })
  }

  /** Channels one behind the other. */
  concat(name: string, inputs: readonly Value[]): Value {
    const [, height = 0, width = 0] = inputs[0]?.dims ?? []
    const names = inputs.map((input) => input.name)
    const channels = inputs.reduce((sum, input) => sum + input.dims[0], 0)
    return this.#add('concatenate', name, {
      inputs,
      nodes: [node('Concat', name, names, { axis: { kind: 'int', value: 1 } })],
      dims: [channels, height, width],
    })
  }

  /** @param perm where each axis comes from, the batch being 0: [0, 2, 3, 1] puts the channels last. */
  transpose(name: string, x: Value, perm: readonly [0, number, number, number]): Value {
    const [first = 0, second = 0, third = 0] = perm.slice(1).map((axis) => x.dims[axis - 1])
    return this.#add('permute', name, {
      inputs: [x],
      nodes: [node('Transpose', name, [x.name], { perm: { kind: 'ints', value: perm } })],
      dims: [first, second, third],
    })
  }

  /** The graph that computes `output`. */
  finish(output: Value, weights: LayerWeights): Graph {
    return this.assemble(output, filledSlots(this.#layers, weights))
  }

  /** The graph that computes `output`, its weights given as constants of the graph: those of another input size will do. */
  assemble(output: Value, tensors: ReadonlyMap<string, Tensor>): Graph {
    return {
      inputs: [{ name: this.image.name, type: 'float32', dims: ['n', ...this.image.dims] }],
      outputs: [{ name: output.name, type: 'float32', dims: ['n', ...output.dims] }],
      nodes: this.#nodes,
      initializers: new Map([...tensors, ...this.#constants]),
      opsets: new Map([['', 17]]),
    }
  }

  #pool(op: 'MaxPool' | 'AveragePool', name: string, x: Value, { kernel, strides = kernel, padding = 'valid' }: PoolOptions): Value {
    const window = { kernel, strides, padding }
    const [channels, height, width] = x.dims
    const dims: Dims = [channels, ...slide(name, [height, width], window)]
    return this.#add(op === 'MaxPool' ? 'max_pooling2d' : 'average_pooling2d', name, {
      inputs: [x],
      nodes: [node(op, name, [x.name], poolAttributes(window))],
      dims,
    })
  }

  #add(kind: string, name: string, { inputs, nodes, dims, weights = [], multiplyAdds = 0 }: Step): Value {
    const output = nodes.at(-1)?.outputs[0] ?? name
    this.#nodes.push(...nodes)
    this.#layers.push({ name, kind, output, inputs: inputs.map((input) => input.name), dims, weights, multiplyAdds })
    return { name: output, dims }
  }
}
