import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

const epsilon = 1.001e-5

/**
 * ResNet50 of keras.applications: 224 × 224 → 7 × 7 × 2048. The stride stands in the first 1 × 1 convolution of a stage.
 *
 * Source: He and others 2015, arXiv 1512.03385.
 */
export const resnet50: Architecture = {
  name: 'resnet50',
  version: '1.0.0',
  size: 224,
  smallest: 32,
  layer: 'conv5_block3_out',
  input: inputRules.caffe,
  weights: 'keras',
  build(net) {
    let x = net.zeroPad('conv1_pad', net.image, [3, 3, 3, 3])
    x = net.conv('conv1_conv', x, { filters: 64, kernel: 7, strides: 2 })
    x = net.relu('conv1_relu', net.batchNorm('conv1_bn', x, { epsilon }))
    x = net.maxPool('pool1_pool', net.zeroPad('pool1_pad', x, [1, 1, 1, 1]), { kernel: 3, strides: 2 })
    x = stage(net, x, { name: 'conv2', filters: 64, blocks: 3, stride: 1 })
    x = stage(net, x, { name: 'conv3', filters: 128, blocks: 4, stride: 2 })
    x = stage(net, x, { name: 'conv4', filters: 256, blocks: 6, stride: 2 })
    return stage(net, x, { name: 'conv5', filters: 512, blocks: 3, stride: 2 })
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
  for (let i = 1; i <= blocks; i++) x = block(net, x, { name: `${name}_block${i}`, filters, stride: i === 1 ? stride : 1, widens: i === 1 })
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
  const convNorm = (part: number, x: Value, outputs: number, kernel: number, strides: number) => {
    const y = net.conv(`${name}_${part}_conv`, x, { filters: outputs, kernel, strides, padding: 'same' })
    return net.batchNorm(`${name}_${part}_bn`, y, { epsilon })
  }
  const shortcut = widens ? convNorm(0, input, 4 * filters, 1, stride) : input
  let x = net.relu(`${name}_1_relu`, convNorm(1, input, filters, 1, stride))
  x = net.relu(`${name}_2_relu`, convNorm(2, x, filters, 3, 1))
  x = convNorm(3, x, 4 * filters, 1, 1)
  return net.relu(`${name}_out`, net.add(`${name}_add`, shortcut, x))
}
