import { floatOf, intOf } from '../../graph/attributes.js'
import { type Operator, refusal } from './operator.js'
import type { Tensorflow, TfTensor } from './tensorflow.js'
import { channelsFirst, channelsLast, plain, range } from './value.js'

/** gamma · (x − mean) / √(variance + epsilon) + beta for each channel. */
export const batchNormalisation: Operator = (node, { tf }) => {
  const epsilon = floatOf(node, 'epsilon', 1e-5)
  if (intOf(node, 'training_mode', 0) === 1) throw refusal(node, 'a batch norm in training mode')
  return {
    apply: ({ at }) => {
      const x = channelsLast(tf, at(0))
      const [gamma, beta, mean, variance] = [at(1).tensor, at(2).tensor, at(3).tensor, at(4).tensor]
      const tensor = tf.batchNorm(x, mean, variance, beta, gamma, epsilon)
      return { tensor, channels: x.shape.length < 3 ? 'first' : 'last' }
    },
  }
}

/**
 * exp(x) / Σ exp(x), or its logarithm, along an axis; before operator set 13 along all axes from that one on.
 *
 * @param normalise along the last axis.
 */
export function softmax(normalise: (tf: Tensorflow) => (x: TfTensor) => TfTensor): Operator {
  return (node, { tf, opset }) => {
    const axis = intOf(node, 'axis', opset < 13 ? 1 : -1)
    return {
      apply: ({ at }) => {
        const x = channelsFirst(tf, at(0))
        const rank = x.shape.length
        const from = axis < 0 ? axis + rank : axis
        if (opset < 13) {
          const rows = x.shape.slice(0, from).reduce((all, side) => all * side, 1)
          return plain(tf.reshape(normalise(tf)(tf.reshape(x, [rows, x.size / rows])), x.shape))
        }
        const toEnd = [...range(0, rank).filter((other) => other !== from), from]
        const back = range(0, rank).map((other) => toEnd.indexOf(other))
        return plain(from === rank - 1 ? normalise(tf)(x) : tf.transpose(normalise(tf)(tf.transpose(x, toEnd)), back))
      },
    }
  }
}
