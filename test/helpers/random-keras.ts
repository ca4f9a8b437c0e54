import { network } from '../../src/backbones/architecture.js'
import { kerasOrder } from '../../src/backbones/keras-order.js'
import { randomWeights } from '../../src/backbones/random-weights.js'
import { squeezenet } from '../../src/backbones/squeezenet.js'
import type { KerasWeights } from '../../src/weights/weights.js'

/** Random weights of squeezenet, the smallest network, in the order of a Keras file. */
export function randomSqueezenet(seed: number): KerasWeights {
  const net = network(squeezenet)
  const values = randomWeights(net, seed)
  return kerasOrder(net.layers, net.output.name).map(({ name, weights }) => ({
    layer: name,
    weights: weights.map((slot, at) => ({ name: slot.name, shape: slot.shape, data: values.get(name)?.[at] ?? new Float32Array() })),
  }))
}
