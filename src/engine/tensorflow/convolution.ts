import { intOf } from '../../graph/attributes.js'
import { type Operator, refusal } from './operator.js'
import type { Pair, Tensorflow, TfTensor } from './tensorflow.js'
import { channelsLast } from './value.js'
import { paddingsOf, windowOf } from './window.js'

/**
 * Conv over two axes, grouped and depthwise too.
 *
 * Dilated kernels get the gaps written into them as zeros: TensorFlow takes no strides beside dilations, and depthwise
 * dilations not everywhere.
 */
export const convolution: Operator = (node, { tf }) => {
  const { strides, dilations, added } = windowOf(node)
  const groups = intOf(node, 'group', 1)
  const apply = (x: TfTensor, kernel: TfTensor) => {
    const [, height = 0, width = 0, channels = 0] = x.shape
    const [kernelHeight = 0, kernelWidth = 0] = kernel.shape
    const padding = paddingsOf(added([height, width], [kernelHeight, kernelWidth]))
    if (isDepthwise(groups, channels / groups, strides)) return tf.depthwiseConv2d(x, kernel, strides, padding)
    if (groups === 1) return tf.conv2d(x, kernel, strides, padding)
    const kernels = tf.split(kernel, groups, 3)
    const parts = tf.split(x, groups, 3).map((part, group) => tf.conv2d(part, kernels[group] ?? kernel, strides, padding))
    return tf.concat(parts, 3)
  }
  // [out, in / groups, height, width]
  const prepare = (kernel: TfTensor) => {
    if (kernel.shape.length !== 4) throw refusal(node, `a convolution over ${kernel.shape.length - 2} axes`)
    const wide = widened(tf, kernel, dilations)
    return isDepthwise(groups, kernel.shape[1] ?? 0, strides) ? depthwiseKernel(tf, wide, groups) : tf.transpose(wide, [2, 3, 1, 0])
  }
  return {
    prepare: { position: 1, by: prepare },
    apply: ({ at, optional }) => {
      const y = apply(channelsLast(tf, at(0)), at(1).tensor)
      const bias = optional(2)
      return { tensor: bias ? tf.add(y, bias.tensor) : y, channels: 'last' }
    },
  }
}

/** Whether TensorFlow's depthwise convolution does it, which takes equal strides only. */
function isDepthwise(groups: number, inputs: number, [down, right]: Pair): boolean {
  return groups > 1 && inputs === 1 && down === right
}

/** [channels · multiplier, 1, h, w] → [h, w, channels, multiplier]. */
function depthwiseKernel(tf: Tensorflow, kernel: TfTensor, channels: number): TfTensor {
  const [outputs = 0, , height = 0, width = 0] = kernel.shape
  return tf.reshape(tf.transpose(kernel, [2, 3, 0, 1]), [height, width, channels, outputs / channels])
}

/** A kernel [out, in, h, w] with d − 1 zeros between its rows and columns. */
function widened(tf: Tensorflow, kernel: TfTensor, [down, right]: Pair): TfTensor {
  if (down === 1 && right === 1) return kernel
  const [outputs = 0, inputs = 0, height = 0, width = 0] = kernel.shape
  const count = outputs * inputs
  const spread = tf.pad(tf.reshape(kernel, [count, height, 1, width, 1]), [
    [0, 0],
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, right - 1],
  ])
  const [tall, wide] = [(height - 1) * down + 1, (width - 1) * right + 1]
  const cut = tf.stridedSlice(tf.reshape(spread, [count, height * down, width * right]), [0, 0, 0], [count, tall, wide], [1, 1, 1])
  return tf.reshape(cut, [outputs, inputs, tall, wide])
}
