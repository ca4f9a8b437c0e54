import type { Floats } from '../base/floats.js'
import { seededRandom } from '../base/random.js'
import { GraphBuilder } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'

const side = 64
const channels = 64

/** A network to try a device with: three convolutions, a third of a billion multiplications, and an image for it. */
export interface ProbeNetwork {
  readonly graph: Graph
  readonly input: Floats
  readonly dims: readonly number[]
}

/** The same numbers every time. */
export function probeNetwork(): ProbeNetwork {
  const random = seededRandom(1)
  const noise = (length: number, scale: number) => Float32Array.from({ length }, () => (2 * random() - 1) * scale)
  const net = new GraphBuilder(side, 'keras')
  let x = net.image
  for (const name of ['first', 'second', 'third']) {
    x = net.conv(name, x, { filters: channels, kernel: 3, padding: 'same', activation: 'relu' })
  }
  const filled = net.layers.map(({ name, weights }) => {
    const sizes = weights.map(({ shape }) => shape.reduce((all, length) => all * length, 1))
    return [name, sizes.map((size) => noise(size, Math.sqrt(6 / (9 * channels))))] as const
  })
  return { graph: net.finish(x, new Map(filled)), input: noise(3 * side * side, 1), dims: [1, 3, side, side] }
}
