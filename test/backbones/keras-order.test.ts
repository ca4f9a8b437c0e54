import { describe, expect, it } from 'vitest'
import { network } from '../../src/backbones/architecture.js'
import { architectures } from '../../src/backbones/architectures.js'
import { kerasOrder } from '../../src/backbones/keras-order.js'
import type { Layer } from '../../src/graph/builder-layer.js'
import { kerasReference } from '../helpers/backbone-reference.js'

const layer = (name: string, inputs: readonly string[]): Layer => ({
  ...{ name, kind: 'add', output: name, inputs, dims: [1, 1, 1], weights: [], multiplyAdds: 0 },
})

describe('kerasOrder', () => {
  it.each(Object.entries(kerasReference.layers))('orders the layers of %s as Keras does', (name, expected) => {
    const architecture = architectures.get(name)
    if (!architecture) throw new Error(`Expected a known network, got ${name}`)
    const net = network(architecture)
    const found = kerasOrder(net.layers, net.output.name).filter(({ weights }) => weights.length > 0)
    expect(found.map(({ name, weights }) => [name, weights.map((weight) => [weight.name, weight.shape])])).toEqual(expected)
  })

  it('puts the deepest first and breaks ties by the walk from the output, not by creation', () => {
    const layers = [
      layer('stem', ['image']),
      layer('short', ['stem']),
      layer('a', ['stem']),
      layer('b', ['a']),
      layer('sum', ['b', 'short']),
    ]
    expect(kerasOrder(layers, 'sum').map(({ name }) => name)).toEqual(['stem', 'a', 'b', 'short', 'sum'])
  })

  it('leaves out what the output does not need', () => {
    expect(kerasOrder([layer('a', ['image']), layer('b', ['a'])], 'a').map(({ name }) => name)).toEqual(['a'])
  })
})
