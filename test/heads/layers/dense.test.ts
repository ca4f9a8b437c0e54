import { describe, expect, it } from 'vitest'
import { createGemm } from '../../../src/engine/gemm.js'
import { Dense } from '../../../src/heads/layers/dense.js'
import { adam } from '../../../src/heads/optimizers/adam.js'
import { expectClose } from '../../helpers/expect-close.js'
import { randomBlocks, randomMatrix } from './gradient-check.js'

const gemm = createGemm(1)
const step = { rate: 0.01, number: 1, scale: 0.5, l1: 1e-3, l2: 1e-3 }

/** After the gradient of one batch. */
async function learning(widths: readonly number[]): Promise<Dense> {
  const layer = new Dense({ gemm, optimizer: adam(), widths, units: 5 })
  layer.parameters.kernel.values.set(randomMatrix(11, 5, 3).data)
  const whole = randomMatrix(4, 11, 1)
  await layer.forward(blocksOf(whole.data, widths))
  await layer.backward([randomMatrix(4, 5, 2)], false)
  return layer
}

/** [4, 11] in blocks of columns. */
function blocksOf(data: Float32Array, widths: readonly number[]) {
  let from = 0
  return randomBlocks(4, widths, 0).map((block) => {
    const first = from
    from += block.columns
    block.data.set([0, 1, 2, 3].flatMap((row) => [...data.slice(11 * row + first, 11 * row + first + block.columns)]))
    return block
  })
}

describe('Dense', () => {
  it('learns the same in blocks of columns as in one', async () => {
    const [whole, parts] = [await learning([11]), await learning([4, 4, 3])]
    await whole.update([step])
    await parts.update([step])
    expectClose(parts.parameters.kernel.values, whole.parameters.kernel.values, { absolute: 1e-6 })
    expect(parts.parameters.kernel.values).not.toEqual(randomMatrix(11, 5, 3).data)
  })

  it('updates and goes forward block by block to what it does one after the other', async () => {
    const widths = [4, 4, 3]
    const [one, other] = [await learning(widths), await learning(widths)]
    const next = blocksOf(randomMatrix(4, 11, 8).data, widths)
    const merged = await one.updateAndForward([step], (block, at) => block.data.set(next[at]?.data ?? []))
    await other.update([step])
    const [apart] = await other.forward(next)
    expect(merged).toEqual(apart)
    expect(one.parameters.kernel.values).toEqual(other.parameters.kernel.values)
  })

  it('refuses blocks that are missing', async () => {
    await expect(new Dense({ gemm, optimizer: adam(), widths: [4, 4], units: 2 }).forward(randomBlocks(2, [4], 1))).rejects.toThrow(
      'Expected 2 blocks of columns, got 1',
    )
  })
})
