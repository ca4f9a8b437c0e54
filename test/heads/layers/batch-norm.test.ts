import { describe, expect, it } from 'vitest'
import { matrix } from '../../../src/engine/gemm.js'
import { BatchNorm } from '../../../src/heads/layers/batch-norm.js'
import { sgd } from '../../../src/heads/optimizers/sgd.js'
import { expectClose } from '../../helpers/expect-close.js'
import { randomMatrix } from './gradient-check.js'

const optimizer = sgd()
const training = { training: true, key: 0 } as const

describe('BatchNorm', () => {
  it('moves its statistics towards those of the batch, variances divided by n', async () => {
    const layer = new BatchNorm({ optimizer, widths: [1, 1], momentum: 0.9 })
    const columns = [
      [1, 3, 5, 7],
      [2, 2, 2, 2],
    ]
    for (let i = 0; i < 2; i++)
      await layer.forward(
        columns.map((column) => matrix(4, 1, Float32Array.from(column))),
        training,
      )
    expectClose(layer.statistics.mean, [4 * (1 - 0.81), 2 * (1 - 0.81)], { relative: 1e-6 })
    expectClose(layer.statistics.variance, [0.81 + 5 * (1 - 0.81), 0.81], { relative: 1e-6 })
  })

  it('uses those outside training, in every block its own, and leaves them', async () => {
    const layer = new BatchNorm({ optimizer, widths: [2, 1] })
    layer.statistics.mean.set([1, 2, 3])
    layer.statistics.variance.set([4, 9, 16])
    layer.parameters.gamma.values.set([1, 2, 3])
    layer.parameters.beta.values.set([0, 10, 20])
    const found = await layer.forward([matrix(1, 2, Float32Array.of(5, 8)), matrix(1, 1, Float32Array.of(7))], { training: false, key: 0 })
    const wanted = [(5 - 1) / Math.sqrt(4.001), 10 + (2 * (8 - 2)) / Math.sqrt(9.001), 20 + (3 * (7 - 3)) / Math.sqrt(16.001)]
    expectClose(
      found.flatMap(({ data }) => [...data]),
      wanted,
      { relative: 1e-6 },
    )
    expect([...layer.statistics.mean, ...layer.statistics.variance]).toEqual([1, 2, 3, 4, 9, 16])
  })

  it('makes zeros and β of a batch of one sample', async () => {
    const layer = new BatchNorm({ optimizer, widths: [3] })
    layer.parameters.beta.values.fill(0.5)
    const [found] = await layer.forward([randomMatrix(1, 3, 1)], training)
    expect([...(found?.data ?? [])]).toEqual([0.5, 0.5, 0.5])
  })
})
