import { describe, expect, it } from 'vitest'
import { RelaySession } from '../../src/engine/relay-session.js'
import { isElementType, node } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { graphOf, value } from '../helpers/tiny-graph.js'

const rows = ['n', 2] as const
const feed = (...data: readonly number[]) => ({ data: Float32Array.from(data), dims: [data.length / 2, 2] })

/** y = x², carried: 2 · y, and whether x > y. */
const first = graphOf(
  [node('Mul', 'y', ['x', 'x']), node('Add', 'twice', ['y', 'y']), node('Greater', 'above', ['x', 'y'])],
  {},
  { inputs: [value('x', rows)], outputs: [value('y', rows), value('twice', rows), { name: 'above', type: undefined, dims: undefined }] },
)

/** z = 2 · y where x > y, else g. */
function second(types: ReadonlyMap<string, string>): Uint8Array {
  const inputs = ['twice', 'above', 'g'].map((name) => {
    const type = types.get(name)
    return value(name, rows, isElementType(type) ? type : 'float32')
  })
  return writeOnnx(graphOf([node('Where', 'z', ['above', 'twice', 'g'])], {}, { inputs, outputs: [value('z', rows)] }))
}

describe('RelaySession', () => {
  it('hands the second network what the first gave last, of whatever type, for batches of any size', async () => {
    const told: (readonly [string, string])[] = []
    const session = await RelaySession.open({
      ...{ first: writeOnnx(first), carried: ['twice', 'above'], threads: 1 },
      second(types) {
        told.push(...types)
        return second(types)
      },
    })
    const run = async (...x: readonly number[]) => {
      const [y, z] = [feed(...x), feed(...x)]
      await session.runFirst({ x: feed(...x) }, { y }, x.length / 2)
      await session.runSecond({ g: feed(...x.map(() => 9)) }, { z })
      return [[...y.data], [...z.data]]
    }
    expect(await run(0.5, 2)).toEqual([
      [0.25, 4],
      [0.5, 9],
    ])
    expect(await run(3, -1, 0.5, 0.25)).toEqual([
      [9, 1, 0.25, 0.0625],
      [9, 9, 0.5, 0.125],
    ])
    expect(await run(0.25, 0.5, 1, 1)).toEqual([
      [0.0625, 0.25, 1, 1],
      [0.125, 0.5, 9, 9],
    ])
    expect(await run(0.5, 0.5)).toEqual([
      [0.25, 0.25],
      [0.5, 0.5],
    ])
    expect(told).toEqual([
      ['twice', 'float32'],
      ['above', 'bool'],
    ])
    await session.release()
  })
})
