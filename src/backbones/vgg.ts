import type { Architecture } from './architecture.js'
import { convBlocks } from './conv-blocks.js'
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
  return {
    name,
    version: '1.0.0',
    size: 224,
    smallest: 32,
    layer: 'block5_pool',
    input: inputRules.caffe,
    weights: 'keras',
    build: (net) =>
      convBlocks(
        net,
        filters.map((count, at) => [count, depths[at] ?? 0]),
      ),
  }
}
