import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

const epsilon = 1.001e-5

/** Channels that each layer of a block adds. */
const growth = 32

/**
 * DenseNet121 of keras.applications: 224 × 224 → 7 × 7 × 1024.
 *
 * Source: Huang and others 2016, arXiv 1608.06993.
 */
export const densenet121: Architecture = {
  name: 'densenet121',
  version: '1.0.0',
  size: 224,
  smallest: 32,
  layer: 'relu',
  input: inputRules.torch,
  weights: 'keras',
  build(net) {
    let x = net.zeroPad(net.autoName('zero_padding2d'), net.image, [3, 3, 3, 3])
    x = net.conv('conv1_conv', x, { filters: 64, kernel: 7, strides: 2, bias: false })
    x = normRelu(net, 'conv1', x)
    x = net.zeroPad(net.autoName('zero_padding2d'), x, [1, 1, 1, 1])
    x = net.maxPool('pool1', x, { kernel: 3, strides: 2 })
    x = halve(net, grow(net, x, 'conv2', 6), 'pool2')
    x = halve(net, grow(net, x, 'conv3', 12), 'pool3')
    x = halve(net, grow(net, x, 'conv4', 24), 'pool4')
    x = grow(net, x, 'conv5', 16)
    return net.relu('relu', net.batchNorm('bn', x, { epsilon }))
  },
}

/** A block: every layer's output is appended to its input. */
function grow(net: GraphBuilder, input: Value, name: string, layers: number): Value {
  let x = input
  for (let i = 1; i <= layers; i++) {
    const layer = `${name}_block${i}`
    let y = net.conv(`${layer}_1_conv`, normRelu(net, `${layer}_0`, x), { filters: 4 * growth, kernel: 1, bias: false })
    y = net.conv(`${layer}_2_conv`, normRelu(net, `${layer}_1`, y), { filters: growth, kernel: 3, padding: 'same', bias: false })
    x = net.concat(`${layer}_concat`, [x, y])
  }
  return x
}

/** Half the channels, half the sides. */
function halve(net: GraphBuilder, input: Value, name: string): Value {
  const x = net.conv(`${name}_conv`, normRelu(net, name, input), { filters: Math.floor(input.dims[0] / 2), kernel: 1, bias: false })
  return net.averagePool(`${name}_pool`, x, { kernel: 2 })
}

function normRelu(net: GraphBuilder, name: string, x: Value): Value {
  return net.relu(`${name}_relu`, net.batchNorm(`${name}_bn`, x, { epsilon }))
}
