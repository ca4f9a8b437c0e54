import type { GraphBuilder } from '../graph/builder.js'
import type { Value } from '../graph/builder-layer.js'

/** Filters and number of the convolutions of a block. */
export type ConvBlock = readonly [filters: number, convolutions: number]

/** Blocks of 3 × 3 convolutions with ReLU, each block halved by a maximum pool; layers go by block1_conv1, …, block1_pool, … */
export function convBlocks(net: GraphBuilder, blocks: readonly ConvBlock[]): Value {
  return blocks.reduce((input, [filters, convolutions], at) => {
    const block = `block${at + 1}`
    let x = input
    for (let i = 1; i <= convolutions; i++) {
      x = net.conv(`${block}_conv${i}`, x, { filters, kernel: 3, padding: 'same', activation: 'relu' })
    }
    return net.maxPool(`${block}_pool`, x, { kernel: 2 })
  }, net.image)
}
