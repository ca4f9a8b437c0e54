import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

/** Filters and stride of each block. */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const

/**
 * MobileNet of keras.applications, width 1: 224 × 224 → 7 × 7 × 1024.
 *
 * Source: Howard and others 2017, arXiv 1704.04861.
 */
export const mobilenet: Architecture = {
  name: 'mobilenet',
  version: '1.0.0',
  size: 224,
  smallest: 32,
  layer: 'conv_pw_13_relu',
  input: inputRules.tf,
  weights: 'keras',
  build(net) {
    const first = net.conv('conv1', net.image, { filters: 32, kernel: 3, strides: 2, padding: 'same', bias: false })
    return blocks.reduce((x, [filters, stride], at) => block(net, x, { id: at + 1, filters, stride }), normClip(net, 'conv1', first))
  },
}

interface Block {
  readonly id: number
  readonly filters: number
  readonly stride: number
}

function block(net: GraphBuilder, input: Value, { id, filters, stride }: Block): Value {
  const [deep, point] = [`conv_dw_${id}`, `conv_pw_${id}`]
  const padded = stride === 1 ? input : net.zeroPad(`conv_pad_${id}`, input, [0, 0, 1, 1])
  const padding = stride === 1 ? 'same' : 'valid'
  const x = normClip(net, deep, net.depthwiseConv(deep, padded, { kernel: 3, strides: stride, padding, bias: false }))
  return normClip(net, point, net.conv(point, x, { filters, kernel: 1, bias: false }))
}

/** Batch norm and ReLU6. */
function normClip(net: GraphBuilder, name: string, x: Value): Value {
  return net.relu6(`${name}_relu`, net.batchNorm(`${name}_bn`, x))
}
