import { describe, expect, it } from 'vitest'
import { createGemm, matrix } from '../../../src/engine/gemm.js'
import { Activate } from '../../../src/heads/layers/activate.js'
import { activationNames } from '../../../src/heads/layers/activations.js'
import { BatchNorm } from '../../../src/heads/layers/batch-norm.js'
import { Bias } from '../../../src/heads/layers/bias.js'
import { Chain } from '../../../src/heads/layers/chain.js'
import { Dense } from '../../../src/heads/layers/dense.js'
import { Dropout } from '../../../src/heads/layers/dropout.js'
import { sgd } from '../../../src/heads/optimizers/sgd.js'
import { expectGradients, randomBlocks, randomMatrix } from './gradient-check.js'

const gemm = createGemm(1)
const optimizer = sgd()

function dense(widths: readonly number[], units: number): Dense {
  const layer = new Dense({ gemm, optimizer, widths, units })
  const { values } = layer.parameters.kernel
  values.set(randomMatrix(1, values.length, 30).data)
  return layer
}

function batchNorm(widths: readonly number[]): BatchNorm {
  const layer = new BatchNorm({ optimizer, widths })
  const { gamma, beta } = layer.parameters
  gamma.values.set(randomMatrix(1, gamma.values.length, 40).data)
  beta.values.set(randomMatrix(1, beta.values.length, 41).data)
  return layer
}

function bias(units: number): Bias {
  const layer = new Bias(units, optimizer)
  layer.parameters.bias.values.set(randomMatrix(1, units, 50).data)
  return layer
}

const layersBehind = () => [bias(6), new Activate('silu'), batchNorm([6]), new Dropout(0.3, { place: 1 }), dense([6], 3), bias(3)]

describe('gradients of finite differences', () => {
  it.each([
    ['dense', () => dense([5], 4), [5]],
    ['dense in blocks', () => dense([4, 4, 3], 5), [4, 4, 3]],
    ['bias', () => bias(5), [5]],
    ['batch norm', () => batchNorm([5]), [5]],
    ['batch norm in blocks', () => batchNorm([4, 4, 1]), [4, 4, 1]],
    ['dropout', () => new Dropout(0.4, { place: 0 }), [7, 4]],
    ['a chain', () => new Chain([batchNorm([4, 3]), new Dropout(0.2, { place: 0 }), dense([4, 3], 6), ...layersBehind()]), [4, 3]],
    ['a chain with nothing to train', () => new Chain([new Activate('elu'), new Dropout(0.2, { place: 0 })]), [4]],
  ] as const)('%s', async (_, make, widths) => {
    await expectGradients(make(), randomBlocks(6, widths, 10))
  })

  it.each(activationNames)('%s', async (name) => {
    // Clear of the kinks at 0 and 6, and on both sides of them.
    const values = [-8, -3.1, -1.5, -0.6, -0.05, 0.05, 0.6, 1.5, 3.1, 5.9, 6.1, 9]
    await expectGradients(new Activate(name), [matrix(3, 4, Float32Array.from(values))])
  })
})

describe('Activate', () => {
  it.each([
    ['relu', [0, 0, 0.5, 7]],
    ['relu6', [0, 0, 0.5, 6]],
    ['leaky-relu', [-0.6, 0, 0.5, 7]],
    ['elu', [Math.exp(-2) - 1, 0, 0.5, 7]],
    ['gelu', [-0.045402, 0, 0.345714, 7]], // Keras' with approximate=True
    ['silu', [-0.238406, 0, 0.31123, 6.993623]],
  ] as const)('%s of −2, 0, 0.5 and 7', async (name, wanted) => {
    const [found] = await new Activate(name).forward([matrix(1, 4, Float32Array.of(-2, 0, 0.5, 7))])
    for (const [i, value] of wanted.entries()) expect(found?.data[i]).toBeCloseTo(value, 5)
  })
})

describe('Chain', () => {
  const chain = new Chain([new Activate('relu'), batchNorm([4]), dense([4], 2), new Dropout(0.5, { place: 0 }), bias(2)])

  it('keeps what a bundle needs: no dropout', () => {
    expect(chain.saved().map(({ type }) => type)).toEqual(['relu', 'bn', 'dense', 'bias'])
  })

  it('names all that training changes', () => {
    expect([...chain.state().keys()]).toEqual(['1.gamma', '1.beta', '1.mean', '1.variance', '2.kernel', '4.bias'])
  })

  it('goes back no further than something can learn', async () => {
    await chain.forward(randomBlocks(3, [4], 1), { training: true, key: 1 })
    expect(await chain.backward(randomBlocks(3, [2], 2), false)).toEqual([])
    const squares = await chain.squaredNorm()
    expect(await chain.backward(randomBlocks(3, [2], 2), true)).toHaveLength(1)
    expect(await chain.squaredNorm()).toBe(squares)
  })
})
