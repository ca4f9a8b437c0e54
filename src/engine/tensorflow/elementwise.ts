import { floatOf } from '../../graph/attributes.js'
import type { Operator } from './operator.js'
import type { Tensorflow, TfTensor } from './tensorflow.js'
import { channelsFirst, channelsLast, numbersOf, type Value } from './value.js'

/** An operator that changes each number by itself. */
export function unary(change: (tf: Tensorflow) => (x: TfTensor) => TfTensor): Operator {
  return (_, { tf }) => ({ apply: (inputs) => ({ ...inputs.at(0), tensor: change(tf)(inputs.at(0).tensor), numbers: undefined }) })
}

/** An operator that combines two tensors number by number, or several one after the other. */
export function binary(combine: (tf: Tensorflow) => (a: TfTensor, b: TfTensor) => TfTensor): Operator {
  return (_, { tf }) => {
    const both = (a: Value, b: Value): Value => {
      const { left, right, channels } = aligned(tf, a, b)
      return { tensor: combine(tf)(left, right), channels }
    }
    return { apply: ({ at, all }) => all.slice(1).reduce(both, at(0)) }
  }
}

/** Two tensors with their axes in the same order: channels last where the larger one is so. */
function aligned(tf: Tensorflow, a: Value, b: Value): { left: TfTensor; right: TfTensor; channels: Value['channels'] } {
  const rank = Math.max(a.tensor.shape.length, b.tensor.shape.length)
  const last = [a, b].some(({ tensor, channels }) => channels === 'last' && tensor.shape.length === rank)
  const [left, right] = [a, b].map((value) => (last ? channelsLast(tf, lifted(tf, value, rank)) : channelsFirst(tf, value)))
  if (!left || !right) throw new Error('Expected two tensors')
  return { left, right, channels: last ? 'last' : 'first' }
}

/** With axes of length 1 in front until there are `rank` of them; one number fits any shape as it is. */
function lifted(tf: Tensorflow, value: Value, rank: number): Value {
  const missing = rank - value.tensor.shape.length
  if (missing === 0 || value.tensor.size === 1) return value
  const tensor = channelsFirst(tf, value)
  return { tensor: tf.reshape(tensor, [...Array<number>(missing).fill(1), ...tensor.shape]), channels: 'first' }
}

/** min(max(x, low), high); the bounds are inputs since operator set 11, attributes before. */
export const clip: Operator = (node, { tf }) => {
  const bounds = [floatOf(node, 'min', Number.NEGATIVE_INFINITY), floatOf(node, 'max', Number.POSITIVE_INFINITY)] as const
  return {
    apply: ({ at, optional }) => {
      const [low, high] = bounds.map((bound, i) => {
        const given = optional(i + 1)
        return given ? numbersOf(given)[0] : bound
      })
      const x = at(0)
      return { channels: x.channels, tensor: tf.clipByValue(x.tensor, low ?? bounds[0], high ?? bounds[1]) }
    },
  }
}

/** x where it is not negative, alpha · x elsewhere. */
export const leakyRelu: Operator = (node, { tf }) => {
  const alpha = floatOf(node, 'alpha', 0.01)
  return { apply: ({ at }) => ({ channels: at(0).channels, tensor: tf.leakyRelu(at(0).tensor, alpha) }) }
}

/** gamma · x where it is not negative, gamma · alpha · (exp(x) − 1) elsewhere. */
export function elu(defaults: { readonly alpha: number; readonly gamma: number }): Operator {
  return (node, context) => {
    const [alpha, gamma] = [floatOf(node, 'alpha', defaults.alpha), floatOf(node, 'gamma', defaults.gamma)]
    const change = unary((tf) => (x) => {
      const times = (factor: number, of: TfTensor) => tf.mul(tf.tensor([factor], [], 'float32'), of)
      return tf.add(times(gamma, tf.relu(x)), times(gamma * alpha, tf.elu(tf.clipByValue(x, Number.NEGATIVE_INFINITY, 0))))
    })
    return change(node, context)
  }
}

/** x / (1 + |x|). */
export const softsign: Operator = unary((tf) => (x) => tf.div(x, tf.add(tf.abs(x), tf.tensor([1], [], 'float32'))))

/** min(max(alpha · x + beta, 0), 1). */
export const hardSigmoid: Operator = (node, { tf }) => {
  const [alpha, beta] = [floatOf(node, 'alpha', 0.2), floatOf(node, 'beta', 0.5)]
  return { apply: ({ at }) => ({ channels: at(0).channels, tensor: hard(tf, at(0).tensor, alpha, beta) }) }
}

/** x · min(max(x / 6 + 1/2, 0), 1). */
export const hardSwish: Operator = unary((tf) => (x) => tf.mul(x, hard(tf, x, 1 / 6, 0.5)))

function hard(tf: Tensorflow, x: TfTensor, alpha: number, beta: number): TfTensor {
  const scalar = (value: number) => tf.tensor([value], [], 'float32')
  return tf.clipByValue(tf.add(tf.mul(x, scalar(alpha)), scalar(beta)), 0, 1)
}
