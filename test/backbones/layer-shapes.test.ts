import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { network } from '../../src/backbones/architecture.js'
import { architectures } from '../../src/backbones/architectures.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'

it.each([...architectures.values()])('$name: every layer has the shape that it declares, at an odd size too', async (architecture) => {
  const size = architecture.smallest + 1 - (architecture.smallest % 2)
  const net = network(architecture, size)
  const blank = net.layers.map(({ name, weights }) => [name, weights.map(({ shape }) => zeros(shape))] as const)
  const graph = net.finish(new Map(blank))
  const outputs = net.layers.map(({ output, dims }) => ({ name: output, type: 'float32' as const, dims: ['n', ...dims] }))
  const session = await InferenceSession.create(writeOnnx({ ...graph, outputs }), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
  })
  const results = await session.run({ image: new Tensor('float32', new Float32Array(2 * 3 * size * size), [2, 3, size, size]) })
  await session.release()
  for (const { output, dims } of net.layers) expect(results[output]?.dims, output).toEqual([2, ...dims])
})

const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((all, side) => all * side, 1))
