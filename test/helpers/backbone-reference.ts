import { readFileSync } from 'node:fs'
import type { InputRule } from '../../src/backbones/backbone.js'
import type { Floats } from '../../src/base/floats.js'
import type { NetworkWeights } from '../../src/weights/read-weights.js'
import { type FillKind, fillImage, fillWeight } from './fill.js'

/** What the trusted library gives: `values` at `at` of the flat channels-last output, `gap`: means of the first 32 channels. */
export interface ReferenceOutput {
  readonly shape: readonly number[]
  readonly mean: number
  readonly std: number
  readonly at: readonly number[]
  readonly values: readonly number[]
  readonly gap: readonly number[]
  /** Keras: the first four pixels after preprocessing, channels last. */
  readonly first?: readonly number[]
}

/** A layer's name and its weights' names and shapes; of torch, one tensor of the state dictionary each. */
type ReferenceLayer = readonly [name: string, weights: readonly (readonly [name: string, shape: readonly number[]])[]]

export interface Reference {
  readonly layers: Readonly<Record<string, readonly ReferenceLayer[]>>
  /** By name@size. */
  readonly outputs: Readonly<Record<string, ReferenceOutput>>
}

export const kerasReference: Reference = read('keras')
export const torchReference: Reference = read('torch')

function read(name: string): Reference {
  return JSON.parse(readFileSync(new URL(`../fixtures/backbones/${name}.json`, import.meta.url), 'utf8'))
}

/** How each weight is filled, by its name in the file. */
const kinds: Readonly<Record<string, FillKind>> = {
  ...{ kernel: 'kernel', pointwise_kernel: 'kernel', depthwise_kernel: 'depthwise_kernel' },
  ...{ bias: 'bias', gamma: 'gamma', beta: 'beta', moving_mean: 'mean', moving_variance: 'variance' },
  ...{ weight: 'gamma', running_mean: 'mean', running_var: 'variance' },
}

/** A network's weights from the filler, in the order and with the names of the reference. */
export function filledKeras(name: string): NetworkWeights & { convention: 'keras' } {
  let tensor = 0
  const layers = (kerasReference.layers[name] ?? []).map(([layer, weights]) => ({
    layer,
    weights: weights.map(([part, shape]) => ({ name: part, shape, data: fillWeight(tensor++, shape, kinds[part] ?? 'kernel') })),
  }))
  return { convention: 'keras', layers }
}

export function filledTorch(name: string): NetworkWeights & { convention: 'torch' } {
  const rows = (torchReference.layers[name] ?? []).flatMap(([layer, weights]) => weights.map(([part, shape]) => ({ layer, part, shape })))
  const tensors = rows.map(({ layer, part, shape }, tensor) => {
    const [, ...inputs] = shape // [out, in, h, w]
    const fanIn = inputs.reduce((all, side) => all * side, 1)
    const data =
      shape.length === 4
        ? fillWeight(tensor, shape, 'kernel', fanIn)
        : fillWeight(tensor, shape, kinds[part === 'bias' ? 'beta' : part] ?? 'gamma')
    const name = `${layer}.${part}`
    return [name, { name, shape, data }] as const
  })
  return { convention: 'torch', tensors: new Map(tensors) }
}

/** The filler's image (or another one of its) as a batch of one, [1, 3, side, side], by the network's own rule. */
export function inputImage(side: number, { order, mean, scale }: InputRule, tensor?: number): Floats {
  const pixels = fillImage(side, tensor)
  const area = side * side
  const input = new Float32Array(3 * area)
  for (const [colour, centre] of mean.entries()) {
    const channel = order === 'rgb' ? colour : 2 - colour
    for (let p = 0; p < area; p++) input[channel * area + p] = ((pixels[p * 3 + colour] ?? 0) - centre) / (scale[colour] ?? 1)
  }
  return input
}
