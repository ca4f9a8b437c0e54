import { describe, expect, it } from 'vitest'
import { createTensorflowSession } from '../../../src/engine/tensorflow/tensorflow-session.js'
import { type Attribute, elementTypes, type Graph, type Node, node } from '../../../src/graph/graph.js'
import { tf } from '../../helpers/engines.js'
import { userErrorOf } from '../../helpers/thrown.js'
import { convolution, graphOf, integers, noise, noiseFloats, value } from '../../helpers/tiny-graph.js'

const int = (number: number): Attribute => ({ kind: 'int', value: number })
const ints = (...numbers: number[]): Attribute => ({ kind: 'ints', value: numbers })
const text = (word: string): Attribute => ({ kind: 'string', value: word })

const weight = noise([4, 3, 3, 3])
const image = noiseFloats(2 * 192)
const dims = [2, 3, 8, 8]

const refused: readonly (readonly [found: string, graph: Graph])[] = [
  [
    'the operator ConvTranspose in layer "up" (ConvTranspose)',
    graphOf([{ ...node('ConvTranspose', 'y', ['image', 'weight']), name: 'up' }], { weight }),
  ],
  ['the operator com.microsoft.Gelu in layer "y" (Gelu)', graphOf([{ ...node('Gelu', 'y', ['image']), domain: 'com.microsoft' }], {})],
  ['a convolution over 1 axes in layer "y" (Conv)', graphOf([node('Conv', 'y', ['image', 'weight'])], { weight: noise([4, 3, 3]) })],
  ['strides over 1 axes in layer "y" (Conv)', graphOf([node('Conv', 'y', ['image', 'weight'], { strides: ints(1) })], { weight })],
  [
    'padding of 3 axes in layer "y" (Conv)',
    graphOf([node('Conv', 'y', ['image', 'weight'], { pads: ints(0, 0, 0, 0, 0, 0) })], { weight }),
  ],
  ['a window over 1 axes in layer "y" (MaxPool)', graphOf([node('MaxPool', 'y', ['image'], { kernel_shape: ints(2) })], {})],
  [
    'a window with dilations in layer "y" (MaxPool)',
    graphOf([node('MaxPool', 'y', ['image'], { kernel_shape: ints(2, 2), dilations: ints(2, 2) })], {}),
  ],
  [
    'the use of a second output ("places") in layer "largest" (MaxPool)',
    graphOf(
      [
        { ...node('MaxPool', 'largest', ['image'], { kernel_shape: ints(2, 2) }), outputs: ['largest', 'places'] },
        node('Cast', 'y', ['places'], { to: int(elementTypes.float32) }),
      ],
      {},
    ),
  ],
  [
    'padding of the kind "edge" in layer "y" (Pad)',
    graphOf([node('Pad', 'y', ['image', 'pads'], { mode: text('edge') })], { pads: integers(0, 0, 1, 1, 0, 0, 1, 1) }),
  ],
  ['a cast to float16 in layer "y" (Cast)', graphOf([node('Cast', 'y', ['image'], { to: int(elementTypes.float16) })], {})],
  ['a cast to an unknown type in layer "y" (Cast)', graphOf([node('Cast', 'y', ['image'])], {})],
  [
    'a batch norm in training mode in layer "y" (BatchNormalization)',
    graphOf([node('BatchNormalization', 'y', ['image', 's', 's', 's', 's'], { training_mode: int(1) })], { s: noise([3]) }),
  ],
  [
    'a constant that is neither numbers nor a tensor in layer "c" (Constant)',
    graphOf([node('Constant', 'c', []), node('Add', 'y', ['image', 'c'])], {}),
  ],
]

/** What is refused only when the numbers come that ask for it. */
const refusedLater: readonly (readonly [found: string, nodes: readonly Node[]])[] = [
  ['padding below zero in layer "y" (Pad)', [node('Pad', 'y', ['image', 'numbers'])]],
  ['a slice that runs backwards in layer "y" (Slice)', [node('Slice', 'y', ['image', 'ends', 'starts', 'axes', 'steps'])]],
]

describe('createTensorflowSession', () => {
  it.each(refused)('refuses %s', async (found, graph) => {
    const before = tf.memory().numTensors
    const error = await userErrorOf(() => createTensorflowSession(tf, graph))
    expect(error.message).toBe(`Expected a network that TensorFlow.js can run, found ${found}. Use --engine onnx, which runs it.`)
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before)
  })

  it.each(refusedLater)('refuses %s while it runs', async (found, nodes) => {
    const constants = {
      numbers: integers(0, 0, -1, 0, 0, 0, 0, 0),
      starts: integers(0),
      ends: integers(5),
      axes: integers(2),
      steps: integers(-1),
    }
    const before = tf.memory().numTensors
    const session = await createTensorflowSession(tf, graphOf(nodes, constants))
    const error = await userErrorOf(() => session.run(image, dims))
    expect(error.message).toContain(`found ${found}`)
    await session.release()
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before)
  })

  it('refuses an output of another type, as the other engine does', async () => {
    const session = await createTensorflowSession(tf, graphOf([node('Shape', 'y', ['image'])], {}, { outputs: [value('y', [4], 'int64')] }))
    await expect(session.run(image, dims)).rejects.toThrow("Expected float32 from the network's output y, got int32")
    await session.release()
  })

  it('names the layer that lacks an input', async () => {
    const session = await createTensorflowSession(tf, graphOf([node('Add', 'y', ['', 'image'])], {}))
    await expect(session.run(image, dims)).rejects.toThrow('Expected layer "y" (Add) to have a tensor at input 0')
    await session.release()
  })

  it('holds the same tensors from run to run, and none when it is released', async () => {
    const before = tf.memory().numTensors
    const session = await createTensorflowSession(tf, convolution())
    const open = tf.memory().numTensors
    expect(open - before, 'the kernel and the bias').toBe(2)
    const first = await session.run(image, dims)
    for (let i = 0; i < 3; i++) {
      expect(await session.run(image, dims)).toEqual(first)
      expect(tf.memory().numTensors).toBe(open)
    }
    await session.release()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('gives an image the same numbers in any batch', async () => {
    const session = await createTensorflowSession(tf, convolution())
    const both = await session.run(image, dims)
    for (const row of [0, 1]) {
      const { data } = await session.run(image.slice(row * 192, (row + 1) * 192), [1, 3, 8, 8])
      expect(data).toEqual(both.data.slice(row * data.length, (row + 1) * data.length))
    }
    await session.release()
  })
})
