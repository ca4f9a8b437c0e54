import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

/**
 * Xception of keras.applications: 299 × 299 → 10 × 10 × 2048.
 *
 * Source: Chollet 2016, arXiv 1610.02357.
 */
export const xception: Architecture = {
  name: 'xception',
  version: '1.0.0',
  size: 299,
  smallest: 71,
  layer: 'block14_sepconv2_act',
  input: inputRules.tf,
  weights: 'keras',
  build(net) {
    let x = net.conv('block1_conv1', net.image, { filters: 32, kernel: 3, strides: 2, bias: false })
    x = net.relu('block1_conv1_act', net.batchNorm('block1_conv1_bn', x))
    x = net.conv('block1_conv2', x, { filters: 64, kernel: 3, bias: false })
    x = net.relu('block1_conv2_act', net.batchNorm('block1_conv2_bn', x))
    x = shrink(net, x, 'block2', [128, 128])
    x = shrink(net, x, 'block3', [256, 256])
    x = shrink(net, x, 'block4', [728, 728])
    for (let i = 5; i <= 12; i++) x = keep(net, x, `block${i}`)
    x = shrink(net, x, 'block13', [728, 1024])
    x = net.relu('block14_sepconv1_act', separable(net, 'block14_sepconv1', x, 1536))
    return net.relu('block14_sepconv2_act', separable(net, 'block14_sepconv2', x, 2048))
  },
}

/** Two separable convolutions and a pool that halves the map; around them a 1 × 1 convolution. */
function shrink(net: GraphBuilder, input: Value, name: string, [first, second]: readonly [number, number]): Value {
  const side = net.conv(net.autoName('conv2d'), input, { filters: second, kernel: 1, strides: 2, padding: 'same', bias: false })
  const around = net.batchNorm(net.autoName('batch_normalization'), side)
  const ready = name === 'block2' ? input : net.relu(`${name}_sepconv1_act`, input) // block1 ends with its activation
  let x = separable(net, `${name}_sepconv1`, ready, first)
  x = separable(net, `${name}_sepconv2`, net.relu(`${name}_sepconv2_act`, x), second)
  x = net.maxPool(`${name}_pool`, x, { kernel: 3, strides: 2, padding: 'same' })
  return net.add(net.autoName('add'), x, around)
}

/** Three separable convolutions that keep the shape, and a shortcut. */
function keep(net: GraphBuilder, input: Value, name: string): Value {
  let x = input
  for (let i = 1; i <= 3; i++) x = separable(net, `${name}_sepconv${i}`, net.relu(`${name}_sepconv${i}_act`, x), 728)
  return net.add(net.autoName('add'), x, input)
}

/** A 3 × 3 separable convolution and its batch norm. */
function separable(net: GraphBuilder, name: string, x: Value, filters: number): Value {
  return net.batchNorm(`${name}_bn`, net.separableConv(name, x, { filters, kernel: 3, padding: 'same', bias: false }))
}
