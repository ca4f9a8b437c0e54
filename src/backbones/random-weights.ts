import { type Random, seededRandom } from '../base/random.js'
import type { LayerWeights } from '../graph/builder-weights.js'
import type { Node } from '../graph/graph.js'
import type { Network } from './architecture.js'
import type { InputRule } from './backbone.js'

/**
 * Weights that mean nothing, of the right shapes: for trying how fast a network is, or to train it from. The same seed gives the
 * same ones.
 *
 * Kernels are uniform with mean 0 and variance 2 / (fan-in · E[x²]), so that outputs have a variance of 2 and, behind a ReLU, a
 * mean square of 1 however deep the network is; batch norms change nothing and biases are 0. E[x²] is followed through the
 * network on paper: an Add makes it the sum of its inputs', which is where a plain 2 / fan-in grows with every block.
 *
 * Source: He and others 2015, arXiv 1502.01852, with the mean square of the input kept in the formula.
 */
export function randomWeights({ architecture, layers, nodes }: Network, seed: number): LayerWeights {
  const random = seededRandom(seed)
  const dims = new Map(layers.flatMap(({ weights }) => weights.map((slot) => [slot.tensor, slot.dims])))
  const moments = new Map<string, Moment>([['image', { square: pixelSquare(architecture.input), centred: true }]])
  const values = new Map<string, Float32Array>()
  for (const node of nodes) {
    const [from = '', kernel = '', ...others] = node.inputs
    const moment = momentOf(node, moments)
    for (const output of node.outputs) moments.set(output, moment)
    if (node.op === 'Conv') {
      values.set(kernel, uniform(random, dims.get(kernel) ?? [], moments.get(from)?.square ?? 1))
      for (const bias of others) values.set(bias, filled(dims.get(bias), 0))
    }
    if (node.op === 'BatchNormalization') {
      const [, ...parts] = node.inputs // scale, bias, mean, variance
      parts.forEach((part, at) => void values.set(part, filled(dims.get(part), at === 0 || at === 3 ? 1 : 0)))
    }
  }
  return new Map(layers.map((layer) => [layer.name, layer.weights.flatMap(({ tensor }) => values.get(tensor) ?? [])]))
}

/** What is known on paper of a tensor's numbers: their mean square, and whether they lie about 0, half of them below. */
interface Moment {
  readonly square: number
  readonly centred: boolean
}

/** That of a node's output, once its weights are these. */
function momentOf({ op, inputs }: Node, moments: ReadonlyMap<string, Moment>): Moment {
  if (op === 'Conv') return { square: 2, centred: true }
  const given = inputs.flatMap((input) => moments.get(input) ?? [])
  const sum = given.reduce((all, { square }) => all + square, 0)
  const centred = given.every((moment) => moment.centred)
  if (op === 'Relu' || op === 'Clip') return { square: centred ? sum / 2 : sum, centred: false }
  return { square: op === 'Concat' ? sum / given.length : sum, centred }
}

/** Mean square of the network's input: pixels of photographs are about 120, give or take 65. */
function pixelSquare({ mean, scale }: InputRule): number {
  const squares = mean.map((centre, colour) => ((120 - centre) ** 2 + 65 ** 2) / (scale[colour] ?? 1) ** 2)
  return squares.reduce((sum, square) => sum + square, 0) / squares.length
}

/** A kernel [out, in, h, w] for inputs of this mean square; uniform in ±b has the variance b² / 3. */
function uniform(random: Random, [outputs = 1, ...seen]: readonly number[], square: number): Float32Array {
  const fanIn = seen.reduce((all, side) => all * side, 1)
  const bound = Math.sqrt(6 / (fanIn * square))
  const values = new Float32Array(outputs * fanIn)
  for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * bound
  return values
}

function filled([channels = 0]: readonly number[] = [], value: number): Float32Array {
  return new Float32Array(channels).fill(value)
}
