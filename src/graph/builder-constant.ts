import { type AnyValue, isMap } from './builder-layer.js'
import { floats, toChannelsFirst } from './builder-weights.js'
import type { Tensor } from './graph.js'

/** Numbers of a shape that has its channels last; a batch before them is 1. */
export interface Constant {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** One number for everything, or one for each channel. */
export function perChannel(value: number | readonly number[]): Constant {
  return typeof value === 'number' ? { shape: [], data: Float32Array.of(value) } : { shape: [value.length], data: Float32Array.from(value) }
}

/** A constant as it goes with a tensor, number by number: for maps its channels come first. */
export function constantFor(x: AnyValue, { shape, data }: Constant): Tensor {
  if (!isMap(x) || shape.length === 0) return floats(shape, data)
  const [height = 1, width = 1, channels = 1] = [1, 1, 1, ...shape].slice(-3)
  return floats([channels, height, width], toChannelsFirst(data, height * width, channels, 1))
}
