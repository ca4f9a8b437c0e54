import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'
import type { Architecture } from './architecture.js'
import { inputRules } from './input-rules.js'

const filters = [64, 128, 256, 512, 512]

/**
 * VGG: five blocks of 3 × 3 convolutions, each block halved by a maximum pool.
 *
 * Source: Simonyan and Zisserman 2014, arXiv 1409.1556; layers as in keras.applications.
 *
 * @param depths convolutions in each block.
 */
export function vgg(name: string, depths: readonly number[]): Architecture {
  const block = (net: GraphBuilder, input: Value, at: number) => {
    let x = input
    for (let i = 1; i <= (depths[at] ?? 0); i++) {
      x = net.conv(`block${at + 1}_conv${i}`, x, { filters: filters[at] ?? 0, kernel: 3, padding: 'same', activation: 'relu' })
    }
    return net.maxPool(`block${at + 1}_pool`, x, { kernel: 2 })
  }
  return {
    name,
    version: '1.0.0',
    size: 224,
    smallest: 32,
    layer: 'block5_pool',
    input: inputRules.caffe,
    weights: 'keras',
    build: (net) => filters.reduce((x, _, at) => block(net, x, at), net.image),
  }
}
