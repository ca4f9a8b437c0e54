import { describe, expect, it } from 'vitest'
import { type Matrix, matrix } from '../../../src/engine/gemm.js'
import { Dropout } from '../../../src/heads/layers/dropout.js'

const ones = (rows: number, columns: number): Matrix => matrix(rows, columns, new Float32Array(rows * columns).fill(1))
const at = (key: number, training = true) => ({ training, key })
const values = async (layer: Dropout, key: number, training = true) => [
  ...((await layer.forward([ones(40, 50)], at(key, training)))[0]?.data ?? []),
]

describe('Dropout', () => {
  it.each([0.1, 0.5, 0.75])('drops a share of %d, and the rest makes up for it', async (rate) => {
    const found = await values(new Dropout(rate, { place: 0 }), 3)
    const dropped = found.filter((value) => value === 0).length / found.length
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / found.length)) // four standard deviations
    for (const value of found) if (value !== 0) expect(value).toBeCloseTo(1 / (1 - rate), 6)
  })

  it('drops of the gradient what it dropped of the input, until the next batch', async () => {
    const layer = new Dropout(0.5, { place: 0 })
    const [first, other] = [await values(layer, 1), await values(layer, 2)]
    expect([...((await layer.backward([ones(40, 50)]))[0]?.data ?? [])]).toEqual(other)
    expect(first).not.toEqual(other)
  })

  it.each([
    [0.5, false],
    [0, true],
  ])('changes nothing at rate %d, training %s', async (rate, training) => {
    const layer = new Dropout(rate, { place: 0 })
    expect(new Set(await values(layer, 1, training))).toEqual(new Set([1]))
    expect(new Set((await layer.backward([ones(2, 2)]))[0]?.data)).toEqual(new Set([1]))
  })

  it('drops the same in any blocks of columns, and in parts of the columns', async () => {
    const [whole] = await new Dropout(0.5, { place: 4 }).forward([ones(3, 12)], at(9))
    const blocks = await new Dropout(0.5, { place: 4 }).forward([ones(3, 5), ones(3, 7)], at(9))
    const parts = [
      ...(await new Dropout(0.5, { place: 4 }).forward([ones(3, 5)], at(9))),
      ...(await new Dropout(0.5, { place: 4, from: 5 }).forward([ones(3, 7)], at(9))),
    ]
    const joined = ([left, right]: readonly Matrix[]) =>
      [0, 1, 2].flatMap((row) => [...(left?.data.slice(5 * row, 5 * row + 5) ?? []), ...(right?.data.slice(7 * row, 7 * row + 7) ?? [])])
    expect(joined(blocks)).toEqual([...(whole?.data ?? [])])
    expect(joined(parts)).toEqual([...(whole?.data ?? [])])
  })

  it('drops otherwise in another place, and in every row', async () => {
    const first = await values(new Dropout(0.5, { place: 0 }), 1)
    expect(await values(new Dropout(0.5, { place: 1 }), 1)).not.toEqual(first)
    expect(first.slice(0, 50)).not.toEqual(first.slice(50, 100))
  })
})
