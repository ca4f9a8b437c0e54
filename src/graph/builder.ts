import { activated, activationStep, clip, operator } from './builder-activation.js'
import { type ConvOptions, convStep, type DepthwiseOptions, depthwiseStep, type SeparableOptions, separableStep } from './builder-conv.js'
import type { AnyValue, Convention, Layer, Step, Value } from './builder-layer.js'
import { padStep } from './builder-margins.js'
import { concatStep, mergeStep } from './builder-merge.js'
import { type BatchNormOptions, batchNormStep } from './builder-norm.js'
import { globalPoolStep, type PoolOptions, poolStep } from './builder-pool.js'
import { transposeStep } from './builder-shape.js'
import { filledSlots, type LayerWeights } from './builder-weights.js'
import type { Pads } from './builder-window.js'
import type { Graph, Node, Tensor } from './graph.js'

const relu = operator('Relu')

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

  /**
   * @param size side of the square images in pixels.
   * @param options `image`: the name of the batch of images, which no layer may bear. Default "image".
   */
  constructor(size: number, convention: Convention, { image = 'image' }: { readonly image?: string } = {}) {
    this.image = { name: image, dims: [3, size, size] }
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

  /** @param options `activation` is applied inside the layer, which then is two nodes; the last one bears its name. */
  conv(name: string, x: Value, { activation, ...options }: ConvOptions & { readonly activation?: 'relu' }): Value {
    const step = convStep(this.#convention, name, x, options)
    return this.addStep('conv2d', name, activated(name, step, activation && relu))
  }

  /** A convolution of each channel by itself. */
  depthwiseConv(name: string, x: Value, options: DepthwiseOptions): Value {
    return this.addStep('depthwise_conv2d', name, depthwiseStep(this.#convention, name, x, options))
  }

  /** A depthwise convolution and a 1 × 1 one behind it: two nodes, the last one bears the name. */
  separableConv(name: string, x: Value, options: SeparableOptions): Value {
    return this.addStep('separable_conv2d', name, separableStep(this.#convention, name, x, options))
  }

  batchNorm(name: string, x: Value, options: BatchNormOptions = {}): Value {
    return this.addStep('batch_normalization', name, batchNormStep(this.#convention, name, x, options))
  }

  /** @param output the tensor's name where it is not the layer's: a second name that finds the same layer. */
  relu(name: string, x: Value, output = name): Value {
    const step = activationStep(name, x, relu)
    return this.addStep('activation', name, { ...step, nodes: step.nodes.map((node) => ({ ...node, outputs: [output] })) })
  }

  /** min(max(x, 0), 6). */
  relu6(name: string, x: Value): Value {
    return this.addStep('re_lu', name, activationStep(name, x, clip(0, 6)))
  }

  maxPool(name: string, x: Value, options: PoolOptions): Value {
    return this.addStep('max_pooling2d', name, poolStep('max', name, x, options))
  }

  averagePool(name: string, x: Value, options: PoolOptions): Value {
    return this.addStep('average_pooling2d', name, poolStep('average', name, x, options))
  }

  /** The mean of each channel, [channels, 1, 1]. */
  globalAveragePool(name: string, x: Value): Value {
    return this.addStep('global_average_pooling2d', name, globalPoolStep('average', name, x))
  }

  /** The maximum of each channel, [channels, 1, 1]. */
  globalMaxPool(name: string, x: Value): Value {
    return this.addStep('global_max_pooling2d', name, globalPoolStep('max', name, x))
  }

  zeroPad(name: string, x: Value, pads: Pads): Value {
    return this.addStep('zero_padding2d', name, padStep(name, x, pads))
  }

  add(name: string, a: Value, b: Value): Value {
    return this.addStep('add', name, { ...mergeStep('Add', name, [a, b]), dims: a.dims })
  }

  /** Channels one behind the other. */
  concat(name: string, inputs: readonly Value[]): Value {
    return this.addStep('concatenate', name, concatStep(name, inputs))
  }

  /** @param perm where each axis comes from, the batch being 0: [0, 2, 3, 1] puts the channels last. */
  transpose(name: string, x: Value, perm: readonly [0, number, number, number]): Value {
    return this.addStep('permute', name, transposeStep(name, x, perm))
  }

  /** The graph that computes `output`. */
  finish(output: AnyValue, weights: LayerWeights): Graph {
    return this.assemble(output, filledSlots(this.#layers, weights))
  }

  /** The graph that computes `output`, its weights given as constants of the graph: those of another input size will do. */
  assemble(output: AnyValue, tensors: ReadonlyMap<string, Tensor>): Graph {
    return {
      inputs: [{ name: this.image.name, type: 'float32', dims: ['n', ...this.image.dims] }],
      outputs: [{ name: output.name, type: 'float32', dims: ['n', ...output.dims] }],
      nodes: this.#nodes,
      initializers: new Map([...tensors, ...this.#constants]),
      opsets: new Map([['', 17]]),
    }
  }

  /** Adds a layer of any other kind: Keras' class in snake_case. */
  addStep<Shape extends readonly number[]>(kind: string, name: string, step: Step<Shape>): Value<Shape> {
    const { inputs, nodes, dims, weights = [], constants = {}, multiplyAdds = 0 } = step
    const output = nodes.at(-1)?.outputs[0] ?? name
    this.#nodes.push(...nodes)
    for (const [tensor, value] of Object.entries(constants)) this.#constants.set(tensor, value)
    this.#layers.push({ name, kind, output, inputs: inputs.map((input) => input.name), dims, weights, multiplyAdds })
    return { name: output, dims }
  }
}
