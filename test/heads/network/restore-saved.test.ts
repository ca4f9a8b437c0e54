import { describe, expect, it } from 'vitest'
import { createGemm } from '../../../src/engine/gemm.js'
import { Chain } from '../../../src/heads/layers/chain.js'
import { biased, buildLayers, withBiases } from '../../../src/heads/network/build-layers.js'
import { parseHead } from '../../../src/heads/network/head-spec.js'
import { restoreSaved } from '../../../src/heads/network/restore-saved.js'
import { makeOptimizer } from '../../../src/heads/optimizers/index.js'

function chain(head: string, seed: number): Chain {
  const specs = biased(parseHead(head).layers)
  return new Chain(
    buildLayers(specs, {
      gemm: createGemm(),
      optimizer: makeOptimizer({ name: 'adam' }),
      seed,
      widths: [4],
      from: 0,
      inputs: 4,
      before: 0,
    }),
  )
}

describe('restoreSaved', () => {
  it.each([
    ['dense:4,softmax', 'Expected tensors of 12, 3 numbers, got 16, 4'],
    ['bn,dense:3,softmax', 'Expected tensors of 12, 3 numbers, got 4, 4, 4, 4, 12, 3'],
  ])('refuses the layers of %s', (head, message) => {
    expect(() => restoreSaved(chain('dense:3,softmax', 1), chain(head, 2).saved())).toThrow(message)
  })

  it('takes the weights of layers that were saved with their biases', () => {
    const [from, to] = [chain('bn,dense:3:relu,dropout:0.5,dense:2,softmax', 1), chain('bn,dense:3:relu,dropout:0.5,dense:2,softmax', 2)]
    for (const array of from.state('weights').values()) for (let i = 0; i < array.length; i++) array[i] = (array[i] ?? 0) + i + 1
    restoreSaved(to, withBiases(from.saved()))
    expect(to.state('weights')).toEqual(from.state('weights'))
  })
})
