import { describe, expect, it } from 'vitest'
import type { Feed } from '../../../src/engine/feed-session.js'
import { RelaySession } from '../../../src/engine/relay-session.js'
import { ints } from '../../../src/graph/attributes.js'
import { splitGradient } from '../../../src/graph/gradient/split-gradient.js'
import { isElementType, node } from '../../../src/graph/graph.js'
import { writeOnnx } from '../../../src/graph/write-onnx.js'
import { expectClose } from '../../helpers/expect-close.js'
import { constant, gradientsOf } from '../../helpers/gradients.js'
import { graphOf, noise, noiseFloats, value } from '../../helpers/tiny-graph.js'

const image = { data: noiseFloats(2 * 192, 3), dims: [2, 3, 8, 8] }
const trained = ['w', 'b']
const graph = graphOf(
  [
    node('Conv', 'conv', ['image', 'w', 'b']),
    node('Relu', 'relu', ['conv']),
    node('MaxPool', 'pool', ['relu'], { kernel_shape: ints([2, 2]) }),
    node('Exp', 'y', ['pool']),
  ],
  { w: noise([4, 3, 3, 3]), b: noise([4], 2) },
  { outputs: [value('y', ['n', 4, 5, 5])] },
)

describe('splitGradient', () => {
  it('gives the outputs and gradients of the whole, and computes nothing of the way there again', async () => {
    const whole = await gradientsOf({ graph, data: { image }, by: [] })
    const { forward, carried, backward } = splitGradient(graph, trained)
    expect(forward.outputs.map(({ name }) => name)).toEqual(['y', ...carried.filter((name) => name !== 'y')])
    // Where only its shape or size is needed, that is carried, not the tensor.
    const floats = ['relu', 'y']
    expect(carried.map((name) => name.replace(/\d+$/, '')).toSorted()).toEqual([
      'gradient:Shape',
      'gradient:Size',
      'pool:indices',
      ...floats,
    ])
    const types = new Map(carried.map((name) => [name, floats.includes(name) ? ('float32' as const) : ('int64' as const)]))
    expect(backward(types).nodes.filter(({ op }) => ['MaxPool', 'Exp', 'Relu'].includes(op))).toEqual([])
    const second = (given: ReadonlyMap<string, string>) =>
      writeOnnx(backward(new Map([...given].map(([name, type]) => [name, isElementType(type) ? type : undefined]))))
    const session = await RelaySession.open({ first: writeOnnx(forward), carried, second, threads: 1 })
    const weights = Object.fromEntries(trained.map((name) => [name, constant(graph, name)]))
    const y = { ...whole.y, data: new Float32Array(200) }
    const into: Readonly<Record<string, Feed>> = { 'w:gradient': constant(graph, 'w'), 'b:gradient': constant(graph, 'b') }
    await session.runFirst({ image, ...weights }, { y }, 2)
    await session.runSecond({ image, ...weights, gradient: { data: Float32Array.from(whole.upstream), dims: whole.y.dims } }, into)
    expectClose(y.data, whole.y.data, { absolute: 1e-6 })
    for (const name of trained) expectClose(into[`${name}:gradient`]?.data ?? [], whole.of.get(name) ?? [], { absolute: 1e-5 })
    await Promise.all([session.release(), whole.release()])
  })
})
