import { randomAt, streamKey } from '../../base/counter-random.js'
import type { Gemm } from '../../engine/gemm.js'
import { Activate } from '../layers/activate.js'
import { BatchNorm } from '../layers/batch-norm.js'
import { Bias } from '../layers/bias.js'
import { Dense } from '../layers/dense.js'
import { Dropout } from '../layers/dropout.js'
import type { Layer } from '../layers/layer.js'
import type { Optimizer } from '../optimizers/optimizer.js'
import type { SavedLayer } from '../save-head.js'
import { checkWeights } from './check-weights.js'
import type { LayerSpec } from './head-spec.js'

export interface BuildOptions {
  readonly gemm: Gemm
  readonly optimizer: Optimizer
  readonly seed: number
  /** Columns of each block of the input. */
  readonly widths: readonly number[]
  /** The first column's place in the whole input of `inputs` columns, where these are a part of it. */
  readonly from: number
  readonly inputs: number
  /** Layers of the head before these. */
  readonly before: number
}

/** Makes the layers of a list, one for each entry, by counting their widths; a dense layer's bias is an entry of its own. */
export function buildLayers(specs: readonly (LayerSpec | BiasSpec)[], options: BuildOptions): Layer[] {
  const { gemm, optimizer, seed, before } = options
  let { widths, from, inputs } = options
  return specs.map((spec, at) => {
    const place = before + at
    if (spec.type === 'bn') return new BatchNorm({ optimizer, widths, ...spec })
    if (spec.type === 'dropout') return new Dropout(spec.rate, { place, from })
    if (spec.type === 'activation') return new Activate(spec.name)
    if (spec.type === 'bias') return new Bias(widths[0] ?? 0, optimizer)
    checkWeights({ inputs: widths.reduce((sum, width) => sum + width, 0), units: spec.units, tile: Math.max(...widths) }, optimizer)
    const dense = new Dense({ gemm, optimizer, widths, units: spec.units })
    fillGlorot(dense.parameters.kernel.values, { inputs, units: spec.units, from, key: streamKey(seed, place) })
    ;[widths, from, inputs] = [[spec.units], 0, spec.units]
    return dense
  })
}

/** y = x + b behind a dense layer. */
export interface BiasSpec {
  readonly type: 'bias'
}

export const bias: BiasSpec = { type: 'bias' }

/** The list with a bias behind each dense layer. */
export function biased(specs: readonly LayerSpec[]): (LayerSpec | BiasSpec)[] {
  return specs.flatMap((spec): (LayerSpec | BiasSpec)[] => (spec.type === 'dense' ? [spec, bias] : [spec]))
}

/** Layers for a bundle, each dense one with the bias behind it. */
export function withBiases(layers: readonly SavedLayer[]): SavedLayer[] {
  return layers.flatMap((layer, at) => {
    if (layer.type === 'bias') return []
    const next = layers[at + 1]
    return [next?.type === 'bias' ? { ...layer, tensors: { ...layer.tensors, ...next.tensors } } : layer]
  })
}

interface Glorot {
  readonly inputs: number
  readonly units: number
  readonly from: number
  readonly key: number
}

/** Uniform in ±√(6 / (inputs + units)): Keras' default for kernels. Source: Glorot and Bengio (2010). */
function fillGlorot(kernel: Float32Array, { inputs, units, from, key }: Glorot): void {
  const limit = Math.sqrt(6 / (inputs + units))
  for (let i = 0; i < kernel.length; i++) kernel[i] = (2 * randomAt(key, from * units + i) - 1) * limit
}
