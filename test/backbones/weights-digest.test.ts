import { describe, expect, it } from 'vitest'
import { weightsDigest } from '../../src/backbones/weights-digest.js'
import { type Graph, node, type Tensor } from '../../src/graph/graph.js'
import { toFloat16Plain } from '../../src/kernels/float16-plain.js'
import { graphOf, tensor } from '../helpers/tiny-graph.js'

/** Values that float16 holds exactly. */
const weights = [0.5, -1.25, 3, 0, -0.0009765625, 65504]
const float32 = tensor([1, 6], weights)

function float16({ dims }: Tensor, values: readonly number[]): Tensor {
  const halves = new Uint16Array(values.length)
  toFloat16Plain(Float32Array.from(values), halves)
  return { type: 'float16', dims, bytes: new Uint8Array(halves.buffer) }
}

const plain = (weight: Tensor, bias = tensor([1], [2])): Graph =>
  graphOf([node('MatMul', 'm', ['image', 'w']), node('Add', 'y', ['m', 'b'])], { w: weight, b: bias })

describe('weightsDigest', () => {
  const digest = weightsDigest(plain(float32))

  it('is a sha256', () => expect(digest).toMatch(/^[0-9a-f]{64}$/))

  it.each<[string, Graph]>([
    [
      'float16 behind a Cast node',
      graphOf(
        [node('Cast', 'w', ['w16'], { to: { kind: 'int', value: 1 } }), node('MatMul', 'm', ['image', 'w']), node('Add', 'y', ['m', 'b'])],
        { w16: float16(float32, weights), b: tensor([1], [2]) },
      ),
    ],
    ['other names', graphOf([node('MatMul', 'n', ['image', 'v']), node('Add', 'z', ['n', 'c'])], { v: float32, c: tensor([1], [2]) })],
    ['another order of the constants', { ...plain(float32), initializers: new Map([...plain(float32).initializers].reverse()) }],
    [
      'constants that nothing uses',
      { ...plain(float32), initializers: new Map([...plain(float32).initializers, ['unused', tensor([1], [9])]]) },
    ],
  ])('is the same with %s', (_, graph) => expect(weightsDigest(graph)).toBe(digest))

  it.each<[string, Graph]>([
    ['one weight changes', plain(tensor([1, 6], weights.with(1, -1.2500001)))],
    ['a zero changes its sign', plain(tensor([1, 6], weights.with(3, -0)))],
    ['the shape changes', plain(tensor([6, 1], weights))],
    [
      'two constants change places',
      graphOf([node('Add', 'm', ['image', 'b']), node('MatMul', 'y', ['m', 'w'])], { w: float32, b: tensor([1], [2]) }),
    ],
  ])('is another one when %s', (_, graph) => expect(weightsDigest(graph)).not.toBe(digest))
})
