import { describe, expect, it } from 'vitest'
import { createMultiSession, createSession } from '../../src/engine/onnx-session.js'
import { node } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { convolution, graphOf, noise, noiseFloats, value } from '../helpers/tiny-graph.js'

const image = noiseFloats(9 * 192, 5)

describe('createSession', () => {
  it('refuses a graph that makes no sense', async () => {
    await expect(createSession(writeOnnx(graphOf([node('Conv', 'y', ['image', 'nowhere'])], {})), 1)).rejects.toThrow(
      "Invalid model. Node input 'nowhere' is not a graph input, initializer, or output of a previous node.",
    )
  })

  it('refuses an output of another type', async () => {
    const session = await createSession(
      writeOnnx(graphOf([node('Shape', 'y', ['image'])], {}, { outputs: [{ name: 'y', type: 'int64', dims: [4] }] })),
      1,
    )
    await expect(session.run(image.slice(0, 192), [1, 3, 8, 8])).rejects.toThrow("Expected float32 from the network's output y, got int64")
    await session.release()
  })

  it.each([
    ['a convolution', convolution()],
    ['a dense layer', graphOf([node('Flatten', 'flat', ['image']), node('Gemm', 'y', ['flat', 'w'])], { w: noise([192, 33]) })],
  ])('gives an image the same numbers in any batch: %s', async (_, graph) => {
    const session = await createSession(writeOnnx(graph), 1)
    const whole = await session.run(image, [9, 3, 8, 8])
    const length = whole.data.length / 9
    for (const batch of [1, 2, 5]) {
      for (let from = 0; from + batch <= 9; from++) {
        const { data } = await session.run(image.slice(from * 192, (from + batch) * 192), [batch, 3, 8, 8])
        expect(data).toEqual(whole.data.slice(from * length, (from + batch) * length))
      }
    }
    await session.release()
  })
})

describe('createMultiSession', () => {
  it('gives every output by its name, in the order of the graph', async () => {
    const graph = convolution()
    const session = await createMultiSession(writeOnnx({ ...graph, outputs: [...graph.outputs, value('conv')] }), 1)
    const outputs = await session.run(image.slice(0, 192), [1, 3, 8, 8])
    await session.release()
    expect([...outputs.keys()]).toEqual(['y', 'conv'])
    const [y, conv] = [outputs.get('y'), outputs.get('conv')]
    expect([y?.dims, conv?.dims]).toEqual([
      [1, 4, 6, 6],
      [1, 4, 6, 6],
    ])
    expect(y?.data).toEqual(conv?.data.map((x) => Math.max(x, 0)))
  })
})
