import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

const epsilon = 1.001e-5

/**
 * ResNet50V2 of keras.applications: 224 × 224 → 7 × 7 × 2048. Norm and activation come before each convolution; the
 * stride stands in the last block of a stage.
 *
 * Source: He and others 2016, arXiv 1603.05027.
 */
export const resnet50v2: Architecture = {
  name: 'resnet50v2',
  version: '1.0.0',
  size: 224,
  smallest: 32,
  layer: 'post_relu',
  input: inputRules.tf,
  weights: 'keras',
  build(net) {
    let x = net.zeroPad('conv1_pad', net.image, [3, 3, 3, 3])
    x = net.conv('conv1_conv', x, { filters: 64, kernel: 7, strides: 2 })
    x = net.maxPool('pool1_pool', net.zeroPad('pool1_pad', x, [1, 1, 1, 1]), { kernel: 3, strides: 2 })
    x = stage(net, x, { name: 'conv2', filters: 64, blocks: 3, stride: 2 })
    x = stage(net, x, { name: 'conv3', filters: 128, blocks: 4, stride: 2 })
    x = stage(net, x, { name: 'conv4', filters: 256, blocks: 6, stride: 2 })
    x = stage(net, x, { name: 'conv5', filters: 512, blocks: 3, stride: 1 })
    return net.relu('post_relu', net.batchNorm('post_bn', x, { epsilon }))
  },
}

interface Stage {
  readonly name: string
  readonly filters: number
  readonly blocks: number
  readonly stride: number
}

function stage(net: GraphBuilder, input: Value, { name, filters, blocks, stride }: Stage): Value {
  let x = input
  for (let i = 1; i <= blocks; i++) {
    x = block(net, x, { name: `${name}_block${i}`, filters, stride: i === blocks ? stride : 1, widens: i === 1 })
  }
  return x
}

interface Block {
  readonly name: string
  readonly filters: number
  readonly stride: number
  /** The first block of a stage has a convolution on its shortcut. */
  readonly widens: boolean
}

function block(net: GraphBuilder, input: Value, { name, filters, stride, widens }: Block): Value {
  const normRelu = (part: string, x: Value) => net.relu(`${name}_${part}_relu`, net.batchNorm(`${name}_${part}_bn`, x, { epsilon }))
  const ready = normRelu('preact', input)
  const shortcut = () => {
    if (widens) return net.conv(`${name}_0_conv`, ready, { filters: 4 * filters, kernel: 1, strides: stride })
    return stride > 1 ? net.maxPool(net.autoName('max_pooling2d'), input, { kernel: 1, strides: stride }) : input
  }
  const around = shortcut()
  let x = normRelu('1', net.conv(`${name}_1_conv`, ready, { filters, kernel: 1, bias: false }))
  x = net.zeroPad(`${name}_2_pad`, x, [1, 1, 1, 1])
  x = normRelu('2', net.conv(`${name}_2_conv`, x, { filters, kernel: 3, strides: stride, bias: false }))
  return net.add(`${name}_out`, around, net.conv(`${name}_3_conv`, x, { filters: 4 * filters, kernel: 1 }))
}
