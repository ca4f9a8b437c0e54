import type { Tensor } from './graph.js'

/** Weights of a layer as ONNX keeps them: output channels along `axis`. */
export interface FloatWeights {
  readonly dims: readonly number[]
  readonly values: Float32Array
  readonly axis: number
  /** One number for each output channel. */
  readonly bias: Float32Array | undefined
}

/** Weights as integers: w ≈ scale · q with a scale for each output channel; the bias in steps of scale · inputScale. */
export interface IntegerWeights {
  readonly weight: Tensor
  /** float32 [channels] */
  readonly scale: Float32Array
  readonly bias: Tensor | undefined
  /** float32 [channels]: scale · inputScale. */
  readonly biasScale: Float32Array
}

export interface WeightOptions {
  /** Scale of the layer's input. */
  readonly inputScale: number
  /** The largest magnitude of a weight: 127, or 64 where the CPU adds products of bytes in 16 bits. */
  readonly limit: 127 | 64
}

/** Leaves the sum of products room in 32 bits. */
const largestBias = 2 ** 30

/** Below it a scale no longer matters, and products of scales stay normal numbers. */
const smallestScale = 2 ** -60

/** Symmetric int8 weights, each output channel by its own largest weight, and an int32 bias. */
export function quantizeWeights({ dims, values, axis, bias }: FloatWeights, { inputScale, limit }: WeightOptions): IntegerWeights {
  const channels = dims[axis] ?? 1
  const inner = dims.slice(axis + 1).reduce((all, side) => all * side, 1)
  const channelOf = (i: number) => Math.floor(i / inner) % channels
  const largest = new Float32Array(channels)
  for (let i = 0; i < values.length; i++) {
    const c = channelOf(i)
    largest[c] = Math.max(largest[c] as number, Math.abs(values[i] as number)) // hot loop: both are in range
  }
  // A bias far larger than the weights must fit into 32 bits: then it sets the scale.
  const scale = largest.map((top, c) => Math.max(top / limit, Math.abs(bias?.[c] ?? 0) / (inputScale * largestBias), smallestScale))
  const weight = Int8Array.from(values, (value, i) => Math.round(value / (scale[channelOf(i)] as number)))
  const biasScale = scale.map((step) => step * inputScale)
  const steps = bias && Int32Array.from(bias, (value, c) => Math.round(value / (biasScale[c] ?? 1)))
  return {
    weight: { type: 'int8', dims, bytes: new Uint8Array(weight.buffer) },
    scale,
    bias: steps && { type: 'int32', dims: [channels], bytes: new Uint8Array(steps.buffer) },
    biasScale,
  }
}
