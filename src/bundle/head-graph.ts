import { UserError } from '../base/errors.js'
import { floats } from '../graph/builder-weights.js'
import { NodeWriter } from '../graph/gradient/node-writer.js'
import type { Graph, Tensor } from '../graph/graph.js'
import type { Tensor as Weights } from '../heads/safetensors.js'
import type { SavedLayer } from '../heads/save-head.js'

/** The part of a saved head that a graph is made of. */
export interface HeadLayers {
  readonly layers: readonly SavedLayer[]
  readonly labels: readonly string[]
  /** Scores are divided by it before they become probabilities. */
  readonly temperature: number
}

/** Operator set that the head's graphs are written for. */
const opset = 17

/**
 * A head as a graph of its own: `code` [n, D] in, `probabilities` [n, classes] out.
 *
 * @throws UserError for a head that is not made of layers: nearest neighbours.
 */
export function headGraph(head: HeadLayers, length: number): Graph {
  const writer = new NodeWriter('head/')
  const constants = new Map<string, Tensor>()
  const output = addHead(writer, constants, 'code', head)
  return {
    inputs: [{ name: 'code', type: 'float32', dims: ['n', length] }],
    outputs: [{ name: output, type: 'float32', dims: ['n', head.labels.length] }],
    nodes: writer.nodes,
    initializers: new Map([...writer.constants, ...constants]),
    opsets: new Map([['', opset]]),
  }
}

/**
 * Adds a head behind a tensor [n, D], and gives the name of its probabilities [n, classes]. Scores that are no logits (of ridge, margins and
 * class means) become probabilities by a softmax too: the order of classes is the head's own.
 */
export function addHead(
  writer: NodeWriter,
  constants: Map<string, Tensor>,
  code: string,
  { layers, labels, temperature }: HeadLayers,
): string {
  const head = new HeadWriter(writer, constants, temperature)
  let [x, isEnded] = [code, false]
  for (const [at, layer] of layers.entries()) {
    x = head.layer(x, layer, `head/${at}`)
    isEnded = endsIn(layer) !== undefined
  }
  if (!isEnded) x = head.probabilities(x, 'linear')
  return labels.length === 2 && outputsOf(layers) === 1 ? head.pair(x) : x
}

const ends = ['softmax', 'sigmoid', 'linear'] as const
type End = (typeof ends)[number]

/** How a layer's scores become answers, where it is the last one. */
function endsIn({ type, settings }: SavedLayer): End | undefined {
  return ends.find((end) => type === end || (type === 'dense' && settings.activation === end))
}

/** Columns of the last dense layer. */
function outputsOf(layers: readonly SavedLayer[]): number | undefined {
  return layers.findLast(({ type }) => type === 'dense')?.tensors.kernel?.shape[1]
}

class HeadWriter {
  readonly #writer: NodeWriter
  readonly #constants: Map<string, Tensor>
  readonly #temperature: number

  constructor(writer: NodeWriter, constants: Map<string, Tensor>, temperature: number) {
    this.#writer = writer
    this.#constants = constants
    this.#temperature = temperature
  }

  layer(x: string, layer: SavedLayer, name: string): string {
    const end = endsIn(layer)
    if (layer.type === 'dense') {
      const y = this.#dense(x, layer, name)
      return end === undefined ? y : this.probabilities(y, end)
    }
    if (end !== undefined) return this.probabilities(x, end)
    if (layer.type === 'bn') return this.#batchNorm(x, layer, name)
    return this.#activation(x, layer)
  }

  probabilities(scores: string, end: End): string {
    const scaled = this.#temperature === 1 ? scores : this.#writer.op('Div', [scores, this.#writer.number(this.#temperature)])
    if (end === 'sigmoid') return this.#writer.op('Sigmoid', [scaled])
    return this.#writer.op('Softmax', [scaled], { axis: { kind: 'int', value: -1 } })
  }

  /** p → (1 − p, p): the first class is what the second is not. */
  pair(p: string): string {
    const first = this.#writer.op('Sub', [this.#writer.number(1), p])
    return this.#writer.op('Concat', [first, p], { axis: { kind: 'int', value: -1 } })
  }

  #dense(x: string, { tensors: { kernel, bias } }: SavedLayer, name: string): string {
    const inputs = [x, this.#constant(`${name}.kernel`, kernel), ...(bias ? [this.#constant(`${name}.bias`, bias)] : [])]
    return this.#writer.op('Gemm', inputs)
  }

  /** y = x s + t with s = γ / √(σ² + ε), t = β − μ s. */
  #batchNorm(x: string, { tensors: { gamma, beta, mean, variance }, settings }: SavedLayer, name: string): string {
    const epsilon = Number(settings.epsilon)
    if (!gamma || !beta || !mean || !variance || Number.isNaN(epsilon)) throw new Error(`Expected the statistics of layer ${name}`)
    const scale = gamma.data.map((value, at) => value / Math.sqrt((variance.data[at] as number) + epsilon))
    const shift = beta.data.map((value, at) => value - (mean.data[at] as number) * (scale[at] as number))
    const scaled = this.#writer.op('Mul', [x, this.#constant(`${name}.scale`, { shape: gamma.shape, data: scale })])
    return this.#writer.op('Add', [scaled, this.#constant(`${name}.shift`, { shape: beta.shape, data: shift })])
  }

  #activation(x: string, { type, settings }: SavedLayer): string {
    const w = this.#writer
    switch (type) {
      case 'relu':
        return w.op('Relu', [x])
      case 'relu6':
        return w.op('Clip', [x, w.number(0), w.number(6)])
      case 'leaky-relu':
        return w.op('LeakyRelu', [x], { alpha: { kind: 'float', value: Number(settings.slope) } })
      case 'elu':
        return w.op('Elu', [x])
      case 'silu':
        return w.op('Mul', [x, w.op('Sigmoid', [x])])
      case 'gelu':
        return this.#gelu(x)
      default:
        throw new UserError(
          `Expected a head of layers, found one of "${type}", which has the codes of all its training images instead. Train another one: npm run train-head -- --head softmax`,
        )
    }
  }

  /** x Φ(x) by tanh, as in training: Φ(x) = (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2. */
  #gelu(x: string): string {
    const w = this.#writer
    const cube = w.op('Mul', [w.op('Mul', [x, x]), x])
    const inner = w.op('Add', [x, w.op('Mul', [cube, w.number(0.044715)])])
    const bell = w.op('Tanh', [w.op('Mul', [inner, w.number(Math.sqrt(2 / Math.PI))])])
    const half = w.op('Mul', [x, w.number(0.5)])
    return w.op('Mul', [half, w.op('Add', [bell, w.number(1)])])
  }

  #constant(name: string, weights: Weights | undefined): string {
    if (!weights) throw new Error(`Expected the weights ${name}`)
    this.#constants.set(name, floats(weights.shape, weights.data))
    return name
  }
}
