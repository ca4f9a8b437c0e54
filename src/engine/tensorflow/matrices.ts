import { floatOf, intOf } from '../../graph/attributes.js'
import type { Operator } from './operator.js'
import type { Tensorflow, TfTensor } from './tensorflow.js'
import { channelsFirst, plain } from './value.js'

/** alpha · a · b + beta · c, where a and b may be taken transposed and c is spread over the rows. */
export const gemm: Operator = (node, { tf }) => {
  const [alpha, beta] = [floatOf(node, 'alpha', 1), floatOf(node, 'beta', 1)]
  const [transposeA, transposeB] = [intOf(node, 'transA', 0) === 1, intOf(node, 'transB', 0) === 1]
  return {
    apply: ({ at, optional }) => {
      const product = scaled(tf, tf.matMul(channelsFirst(tf, at(0)), channelsFirst(tf, at(1)), transposeA, transposeB), alpha)
      const shift = optional(2)
      return plain(shift ? tf.add(product, scaled(tf, channelsFirst(tf, shift), beta)) : product)
    },
  }
}

function scaled(tf: Tensorflow, x: TfTensor, factor: number): TfTensor {
  return factor === 1 ? x : tf.mul(x, tf.tensor([factor], [], 'float32'))
}

/** a · b over the last two axes. */
export const matMul: Operator = (_, { tf }) => ({
  apply: ({ at }) => plain(tf.matMul(channelsFirst(tf, at(0)), channelsFirst(tf, at(1)))),
})
