import { describe, expect, it } from 'vitest'
import { createFeedSession } from '../../src/engine/feed-session.js'
import { tensorShapes } from '../../src/engine/tensor-shapes.js'
import { node } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { convolution, graphOf, value } from '../helpers/tiny-graph.js'

const graph = graphOf(
  [node('Sub', 'y', ['a', 'b']), node('Neg', 'z', ['y'])],
  {},
  {
    inputs: [value('a', ['n', 2]), value('b', ['n', 2])],
    outputs: [value('y', ['n', 2]), value('z', ['n', 2])],
  },
)
const feed = (...data: readonly number[]) => ({ data: Float32Array.from(data), dims: [data.length / 2, 2] })

describe('createFeedSession', () => {
  it('refuses inputs that are missing', async () => {
    const session = await createFeedSession(writeOnnx(graph), 1)
    await expect(session.run({ a: feed(1, 2) })).rejects.toThrow("input 'b' is missing in 'feeds'")
    await session.release()
  })

  it('takes inputs and gives outputs by name, into memory where it is given', async () => {
    const session = await createFeedSession(writeOnnx(graph), 1)
    const into = feed(0, 0)
    const results = await session.run({ b: feed(1, 5), a: feed(3, 4) }, { y: into, z: feed(9, 9) })
    expect([...results].map(([name, { data, dims }]) => [name, [...data], dims])).toEqual([
      ['y', [2, -1], [1, 2]],
      ['z', [-2, 1], [1, 2]],
    ])
    expect([...into.data]).toEqual([2, -1])
    await session.release()
  })
})

describe('tensorShapes', () => {
  it('tells the shapes of the input and of what every node computes', async () => {
    expect(await tensorShapes(convolution(), [2, 3, 8, 8])).toEqual(
      new Map([
        ['conv', [2, 4, 6, 6]],
        ['y', [2, 4, 6, 6]],
        ['image', [2, 3, 8, 8]],
      ]),
    )
  })
})
