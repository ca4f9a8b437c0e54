import { readFileSync } from 'node:fs'
import { type FillKind, fillWeight } from '../../src/backbones/fill.js'
import { type Golden, goldenInput, goldenOutputs } from '../../src/backbones/golden.js'
import type { NetworkWeights } from '../../src/weights/read-weights.js'

/** The filler's image as a batch of one, by the network's own rule. */
export const inputImage = goldenInput

/** A layer's name and its weights' names and shapes; of torch, one tensor of the state dictionary each. */
type ReferenceLayer = readonly [name: string, weights: readonly (readonly [name: string, shape: readonly number[]])[]]

export interface Reference {
  readonly layers: Readonly<Record<string, readonly ReferenceLayer[]>>
  /** What the library gives, by name@size. */
  readonly outputs: Readonly<Record<string, Golden>>
}

export const kerasReference: Reference = read('keras')
export const torchReference: Reference = read('torch')

function read(name: string): Reference {
  const { layers }: Pick<Reference, 'layers'> = JSON.parse(
    readFileSync(new URL(`../fixtures/backbones/${name}.json`, import.meta.url), 'utf8'),
  )
  const outputs = Object.entries(goldenOutputs()).filter(([key]) => Object.hasOwn(layers, key.split('@')[0] ?? ''))
  return { layers, outputs: Object.fromEntries(outputs) }
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
