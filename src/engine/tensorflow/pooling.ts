import { intOf, intsOf } from '../../graph/attributes.js'
import type { Node } from '../../graph/graph.js'
import { type Operator, refusal } from './operator.js'
import type { Pair, Tensorflow, TfTensor } from './tensorflow.js'
import { channelsLast, range } from './value.js'
import { type Added, paddingsOf, type Window, windowOf } from './window.js'

/** The largest number under the window; what is added around the map is smaller than any. */
export const maxPool: Operator = (node, { tf }) => {
  const { window, kernel } = poolOf(node)
  return {
    apply: ({ at }) => {
      const x = channelsLast(tf, at(0))
      const around = padded(tf, x, addedTo(x, window, kernel), Number.NEGATIVE_INFINITY)
      return { tensor: tf.maxPool(around, kernel, window.strides, 'valid'), channels: 'last' }
    },
  }
}

/** The mean under the window; what is added around the map counts only with count_include_pad. */
export const averagePool: Operator = (node, { tf }) => {
  const { window, kernel } = poolOf(node)
  const withPadding = intOf(node, 'count_include_pad', 0) === 1
  return {
    apply: ({ at }) => {
      const x = channelsLast(tf, at(0))
      const added = addedTo(x, window, kernel)
      const mean = tf.avgPool(padded(tf, x, added, 0), kernel, window.strides, 'valid')
      const shares = sharesCounted(x.shape, mean.shape, { added, kernel, window, withPadding })
      const all = shares.every((share) => share === 1)
      const [, rows = 0, columns = 0] = mean.shape
      return { tensor: all ? mean : tf.div(mean, tf.tensor(shares, [1, rows, columns, 1], 'float32')), channels: 'last' }
    },
  }
}

/** One number for each channel: [n, c, 1, 1]. */
export function globalPool(reduce: (tf: Tensorflow) => Tensorflow['mean']): Operator {
  return (_, { tf }) => ({
    apply: ({ at }) => {
      const x = channelsLast(tf, at(0))
      return { tensor: reduce(tf)(x, range(1, x.shape.length - 1), true), channels: 'last' }
    },
  })
}

function poolOf(node: Node): { window: Window; kernel: Pair } {
  const window = windowOf(node)
  const sides = intsOf(node, 'kernel_shape') ?? []
  const [height = 1, width = 1] = sides
  if (sides.length !== 2) throw refusal(node, `a window over ${sides.length} axes`)
  if (window.dilations.some((dilation) => dilation !== 1)) throw refusal(node, 'a window with dilations')
  return { window, kernel: [height, width] }
}

function addedTo({ shape: [, height = 0, width = 0] }: TfTensor, window: Window, kernel: Pair): Added {
  return window.added([height, width], kernel)
}

function padded(tf: Tensorflow, x: TfTensor, added: Added, value: number): TfTensor {
  const paddings = paddingsOf(added)
  return paddings.flat().every((count) => count === 0) ? x : tf.pad(x, paddings, value)
}

interface Count {
  readonly added: Added
  readonly kernel: Pair
  readonly window: Window
  readonly withPadding: boolean
}

/** The share of each position's window that counts, [rows · columns]. */
function sharesCounted(map: readonly number[], pooled: readonly number[], { added, kernel, window, withPadding }: Count): number[] {
  const along = (axis: 0 | 1, { before, after }: Added['rows']) => {
    const length = map[axis + 1] ?? 0
    const [low, high] = withPadding ? [0, before + length + after] : [before, before + length]
    return range(0, pooled[axis + 1] ?? 0).map((position) => {
      const start = position * window.strides[axis]
      return Math.min(start + kernel[axis], high) - Math.max(start, low)
    })
  }
  const columns = along(1, added.columns)
  return along(0, added.rows).flatMap((row) => columns.map((column) => (row * column) / (kernel[0] * kernel[1])))
}
