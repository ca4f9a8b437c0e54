import type { Tensorflow, TfTensor } from './tensorflow.js'

/**
 * A tensor of the graph while it runs.
 *
 * ONNX puts the channels of a map behind the batch, [n, c, h, w]; TensorFlow wants them last, [n, h, w, c]. A map keeps
 * the order in which it was computed, and is turned only where an operator needs the other one.
 */
export interface Value {
  readonly tensor: TfTensor
  /** first: the axes as the graph has them; last: the second axis has gone to the end. */
  readonly channels: 'first' | 'last'
  /** The numbers of a small constant, known without asking the device. */
  readonly numbers?: readonly number[] | undefined
}

/** A value whose axes are as the graph has them. */
export function plain(tensor: TfTensor): Value {
  return { tensor, channels: 'first' }
}

/** The tensor with its axes as the graph has them. */
export function channelsFirst(tf: Tensorflow, { tensor, channels }: Value): TfTensor {
  if (channels === 'first') return tensor
  const rank = tensor.shape.length
  return tf.transpose(tensor, [0, rank - 1, ...range(1, rank - 1)])
}

/** The tensor with the second of the graph's axes at the end. */
export function channelsLast(tf: Tensorflow, { tensor, channels }: Value): TfTensor {
  const rank = tensor.shape.length
  return channels === 'last' || rank < 3 ? tensor : tf.transpose(tensor, [0, ...range(2, rank), 1])
}

/** Where an axis of the graph lies in a tensor of so many axes whose channels are last. */
export function axisWhenLast(axis: number, rank: number): number {
  if (axis === 0) return 0
  return axis === 1 ? rank - 1 : axis - 1
}

/** The shape as the graph has it. */
export function dimsOf({ tensor, channels }: Value): readonly number[] {
  const { shape } = tensor
  return channels === 'first' ? shape : shape.map((_, axis) => shape[axisWhenLast(axis, shape.length)] ?? 0)
}

/** All numbers of a small tensor of at most one axis: a shape, a list of axes, a bound. */
export function numbersOf({ tensor, numbers }: Value): readonly number[] {
  return numbers ?? Array.from(tensor.dataSync())
}

/** The whole numbers from `from` to `to` (exclusive). */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}
