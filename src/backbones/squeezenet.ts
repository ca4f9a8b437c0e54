import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

/**
 * SqueezeNet 1.1 in the layout of the public Keras repositories: 227 × 227 → 13 × 13 × 512.
 *
 * Source: Iandola and others 2016, arXiv 1602.07360; layer names as in rcmalli/keras-squeezenet.
 */
export const squeezenet: Architecture = {
  name: 'squeezenet',
  version: '1.0.0',
  size: 227,
  smallest: 48,
  layer: 'fire9/concat',
  input: inputRules.caffe,
  weights: 'keras',
  build(net) {
    let x = net.relu('relu_conv1', net.conv('conv1', net.image, { filters: 64, kernel: 3, strides: 2 }))
    x = net.maxPool('pool1', x, { kernel: 3, strides: 2 })
    x = fire(net, fire(net, x, 2, 16), 3, 16)
    x = net.maxPool('pool3', x, { kernel: 3, strides: 2 })
    x = fire(net, fire(net, x, 4, 32), 5, 32)
    x = net.maxPool('pool5', x, { kernel: 3, strides: 2 })
    x = fire(net, fire(net, x, 6, 48), 7, 48)
    return fire(net, fire(net, x, 8, 64), 9, 64)
  },
}

/** Few channels by a 1 × 1 convolution, then four times as many by a 1 × 1 and by a 3 × 3 one, side by side. */
function fire(net: GraphBuilder, input: Value, id: number, few: number): Value {
  const convRelu = (part: string, x: Value, filters: number, kernel: number) =>
    net.relu(`fire${id}/relu_${part}`, net.conv(`fire${id}/${part}`, x, { filters, kernel, padding: 'same' }))
  const x = convRelu('squeeze1x1', input, few, 1)
  return net.concat(`fire${id}/concat`, [convRelu('expand1x1', x, 4 * few, 1), convRelu('expand3x3', x, 4 * few, 3)])
}
