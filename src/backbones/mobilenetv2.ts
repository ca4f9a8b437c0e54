import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

/** Filters and stride of each block; all but the first widen their input six times. */
const blocks = [
  [16, 1],
  [24, 2],
  [24, 1],
  [32, 2],
  [32, 1],
  [32, 1],
  [64, 2],
  [64, 1],
  [64, 1],
  [64, 1],
  [96, 1],
  [96, 1],
  [96, 1],
  [160, 2],
  [160, 1],
  [160, 1],
  [320, 1],
] as const

/**
 * MobileNetV2 of keras.applications, width 1: 224 × 224 → 7 × 7 × 1280.
 *
 * Source: Sandler and others 2018, arXiv 1801.04381.
 */
export const mobilenetv2: Architecture = {
  name: 'mobilenetv2',
  version: '1.0.0',
  size: 224,
  smallest: 32,
  layer: 'out_relu',
  input: inputRules.tf,
  weights: 'keras',
  build(net) {
    let x = net.conv('Conv1', net.image, { filters: 32, kernel: 3, strides: 2, padding: 'same', bias: false })
    x = net.relu6('Conv1_relu', net.batchNorm('bn_Conv1', x))
    x = blocks.reduce((y, [filters, stride], at) => block(net, y, { id: at, filters, stride }), x)
    x = net.conv('Conv_1', x, { filters: 1280, kernel: 1, bias: false })
    return net.relu6('out_relu', net.batchNorm('Conv_1_bn', x))
  },
}

interface Block {
  readonly id: number
  readonly filters: number
  readonly stride: number
}

/** Widen by a 1 × 1 convolution, filter each channel, narrow by a 1 × 1 one; around it a shortcut where the shapes agree. */
function block(net: GraphBuilder, input: Value, { id, filters, stride }: Block): Value {
  const prefix = id === 0 ? 'expanded_conv' : `block_${id}`
  const norm = (part: string, x: Value) => net.batchNorm(`${prefix}_${part}_BN`, x)
  const pointwise = (part: string, x: Value, outputs: number) =>
    norm(part, net.conv(`${prefix}_${part}`, x, { filters: outputs, kernel: 1, bias: false }))
  const wide = id === 0 ? input : net.relu6(`${prefix}_expand_relu`, pointwise('expand', input, 6 * input.dims[0]))
  const padded = stride === 1 ? wide : net.zeroPad(`${prefix}_pad`, wide, pads(wide))
  const padding = stride === 1 ? 'same' : 'valid'
  const filtered = norm('depthwise', net.depthwiseConv(`${prefix}_depthwise`, padded, { kernel: 3, strides: stride, padding, bias: false }))
  const narrow = pointwise('project', net.relu6(`${prefix}_depthwise_relu`, filtered), filters)
  return stride === 1 && input.dims[0] === filters ? net.add(`${prefix}_add`, input, narrow) : narrow
}

/** One row at the end, and one at the start too where their number is odd; columns likewise. */
function pads({ dims: [, height, width] }: Value) {
  return [height % 2, width % 2, 1, 1] as const
}
