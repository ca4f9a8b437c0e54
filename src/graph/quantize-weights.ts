import type { Tensor } from './graph.js'
import { roundKernel } from './round-kernel.js'

/** Weights of a layer as ONNX keeps them. */
export interface FloatWeights {
  /** [out, in / groups, …] with axis 0, [in, out] with axis 1. */
  readonly dims: readonly number[]
  readonly values: Float32Array
  /** The axis of output channels. */
  readonly axis: 0 | 1
  readonly groups: number
  /** One number for each output channel. */
  readonly bias: Float32Array | undefined
}

/** Weights as integers: w ≈ scale · q with a scale for each output channel; the bias in steps of scale · inputScale. */
export interface IntegerWeights {
  /** int8 */
  readonly weight: Tensor
  /** float32 [channels] */
  readonly scale: Float32Array
  /** int32 [channels] */
  readonly bias: Tensor
  /** float32 [channels]: scale · inputScale. */
  readonly biasScale: Float32Array
}

export interface WeightOptions {
  /** Scale of the layer's input. */
  readonly inputScale: number
  /** Mean of each input channel. */
  readonly inputMeans: Float32Array
  /** The largest magnitude of a weight: 127, or 64 where the CPU adds products of bytes in 16 bits. */
  readonly limit: 127 | 64
}

/** Leaves the sum of products room in 32 bits. */
const largestBias = 2 ** 30

/** Below it a scale no longer matters, and products of scales stay normal numbers. */
const smallestScale = 2 ** -60

/**
 * Symmetric int8 weights, each output channel by its own largest weight, and an int32 bias.
 *
 * Kernels keep the sum of their taps as well as they can (`roundKernel`). Rounding moves the mean of an output by Σ (scale · q − w) · mean of the input; the bias takes that back.
 * Source: Nagel and others 2019, arXiv 1906.04721, section 4.2.
 */
export function quantizeWeights(weights: FloatWeights, { inputScale, inputMeans, limit }: WeightOptions): IntegerWeights {
  const { dims, values, bias } = weights
  const { outputs, taps, outputOf, inputOf } = channelsOf(weights)
  const offset = Float64Array.from({ length: outputs }, (_, c) => bias?.[c] ?? 0)
  const largest = largestOf(values, outputs, outputOf)
  // A bias far larger than the weights must fit into 32 bits: then it sets the scale.
  const scale = largest.map((top, c) => Math.max(top / limit, Math.abs(offset[c] ?? 0) / (inputScale * largestBias), smallestScale))
  const weight = new Int8Array(values.length)
  for (let at = 0; at < values.length; at += taps) {
    const c = outputOf(at)
    const step = scale[c] as number // hot loop: c is in range
    roundKernel(values, { at, taps, step, limit }, weight)
    let error = 0
    for (let i = at; i < at + taps; i++) error += (values[i] as number) - (weight[i] as number) * step
    offset[c] = (offset[c] as number) + error * (inputMeans[inputOf(at)] ?? 0)
  }
  const biasScale = scale.map((step) => step * inputScale)
  const steps = Int32Array.from(offset, (value, c) => Math.round(value / (biasScale[c] ?? 1)))
  return {
    weight: { type: 'int8', dims, bytes: new Uint8Array(weight.buffer) },
    scale,
    bias: { type: 'int32', dims: [outputs], bytes: new Uint8Array(steps.buffer) },
    biasScale,
  }
}

/** Which output and input channel the weight at a place belongs to, and how many behind each other share both. */
function channelsOf({ dims, axis, groups }: FloatWeights) {
  const [first = 1, second = 1, ...window] = dims
  if (axis === 1) return { outputs: second, taps: 1, outputOf: (i: number) => i % second, inputOf: (i: number) => Math.floor(i / second) }
  const taps = window.reduce((all, side) => all * side, 1)
  const outputOf = (i: number) => Math.floor(i / (second * taps))
  const group = (i: number) => Math.floor((outputOf(i) * groups) / first)
  return { outputs: first, taps, outputOf, inputOf: (i: number) => group(i) * second + (Math.floor(i / taps) % second) }
}

/** The largest magnitude of each output channel. */
function largestOf(values: Float32Array, outputs: number, outputOf: (i: number) => number): Float32Array {
  const largest = new Float32Array(outputs)
  for (let i = 0; i < values.length; i++) {
    const c = outputOf(i)
    largest[c] = Math.max(largest[c] as number, Math.abs(values[i] as number)) // hot loop: both are in range
  }
  return largest
}
