import type { Paddings, Pair, Tensorflow } from '../../engine/tensorflow/tensorflow.js'
import { type GraphWriter, ints, type TfNodeDef, text } from './graph-writer.js'
import { recorded } from './recorded-tensor.js'

/** What slides over maps [n, height, width, channels]: convolutions and pools. */
export function recordWindows(writer: GraphWriter) {
  const convolution =
    (op: string, channels: (kernel: readonly number[]) => number): Tensorflow['conv2d'] =>
    (x, kernel, strides, pad) => {
      const [height = 1, width = 1] = kernel.shape
      const sides = positions(x.shape, [height, width], strides, pad)
      const attr = { ...slide(strides), dilations: ints([1, 1, 1, 1]), ...padding(pad) }
      const shape = [x.shape[0] ?? 1, ...sides, channels(kernel.shape)]
      return writer.add(op, [recorded(x), recorded(kernel)], { shape, dtype: 'float32', attr })
    }
  const pool =
    (op: string): Tensorflow['maxPool'] =>
    (x, kernel, strides) => {
      const attr = { ...slide(strides), ksize: ints([1, ...kernel, 1]), padding: text('VALID') }
      const shape = [x.shape[0] ?? 1, ...positions(x.shape, kernel, strides, []), x.shape[3] ?? 1]
      return writer.add(op, [recorded(x)], { shape, dtype: 'float32', attr })
    }
  return {
    conv2d: convolution('Conv2D', ([, , , outputs = 1]) => outputs),
    depthwiseConv2d: convolution('DepthwiseConv2dNative', ([, , inputs = 1, multiplier = 1]) => inputs * multiplier),
    maxPool: pool('MaxPool'),
    avgPool: pool('AvgPool'),
  }
}

const slide = (strides: Pair): TfNodeDef['attr'] => ({ strides: ints([1, ...strides, 1]), data_format: text('NHWC') })

function padding(pad: Paddings): TfNodeDef['attr'] {
  const sides = pad.flat()
  if (sides.every((count) => count === 0)) return { padding: text('VALID') }
  return { padding: text('EXPLICIT'), explicit_paddings: ints(sides) }
}

/** [rows, columns] of positions that a window takes. */
function positions([, height = 1, width = 1]: readonly number[], kernel: Pair, strides: Pair, pad: Paddings): Pair {
  const along = (side: number, axis: 0 | 1) => {
    const [before, after] = pad[axis + 1] ?? [0, 0]
    return Math.floor((side + before + after - kernel[axis]) / strides[axis]) + 1
  }
  return [along(height, 0), along(width, 1)]
}
