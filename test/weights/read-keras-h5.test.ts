import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseKerasH5, readKerasH5 } from '../../src/weights/read-keras-h5.js'
import type { KerasWeights } from '../../src/weights/weights.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { fixtureBytes, keras3Fixture } from './fixture.js'
import { groupAt, h5Bytes, legacyKerasBytes } from './write-keras-h5.js'

const weight = (name: string, shape: readonly number[], first = 0) => ({
  name,
  shape,
  data: Float32Array.from({ length: shape.reduce((size, dim) => size * dim, 1) }, (_, at) => first + at / 8),
})

const layers: KerasWeights = [
  { layer: 'input_1', weights: [] },
  { layer: 'conv1', weights: [weight('uniform1', [1, 2, 3, 2]), weight('conv1_b', [2], 5)] },
  { layer: 'fire2/squeeze', weights: [weight('fire2/squeeze/kernel:0', [2, 2], -1)] },
]
const withWeights = layers.filter(({ weights }) => weights.length > 0)

const foundIn = async (bytes: Uint8Array) => (await userErrorOf(() => parseKerasH5(bytes, 'w.h5'))).message

test('readKerasH5 names a file that is not there', async () => {
  const { message } = await userErrorOf(() => readKerasH5('no/such.h5'))
  expect(message).toMatch(/^Expected a Keras \.h5 file with weights at no\/such\.h5, but it cannot be read: ENOENT/)
})

test.each([
  ['nothing', (): Uint8Array => new Uint8Array(), 'file signature not found'],
  ['text', (): Uint8Array => new TextEncoder().encode('not this'), 'file signature not found'],
  ['the first half', (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2), 'truncated file: eof = '],
  ['all but the end', (bytes: Uint8Array) => bytes.subarray(0, -1), 'truncated file: eof = '],
])('parseKerasH5 refuses %s of a file', async (_, cut, found) => {
  const message = await foundIn(cut(await legacyKerasBytes(layers)))
  expect(message).toContain(`Expected w.h5 to be a Keras .h5 file with weights, found ${found}`)
  expect(message).not.toContain('\n')
})

test('parseKerasH5 refuses bytes damaged anywhere with a UserError, or reads them', async () => {
  const bytes = await legacyKerasBytes(layers)
  for (let at = 0; at < bytes.length; at += 97) {
    const damaged = Uint8Array.from(bytes)
    damaged.fill(0xff, at, at + 8)
    await parseKerasH5(damaged, 'w.h5').catch((error: unknown) => expect(error).toHaveProperty('name', 'UserError'))
  }
})

test.each([
  ['no layers', h5Bytes((root) => void root.create_group('other')), 'no layer with weights in it'],
  ['a layer that is missing', h5Bytes((root) => root.create_attribute('layer_names', ['conv1'])), 'no group "conv1"'],
  [
    'a weight that is missing',
    h5Bytes((root) => {
      root.create_attribute('layer_names', ['conv1'])
      root.create_group('conv1').create_attribute('weight_names', ['kernel'])
    }),
    'no numbers at "kernel"',
  ],
  [
    'a weight that is text',
    h5Bytes((root) => {
      root.create_attribute('layer_names', ['conv1'])
      const group = root.create_group('conv1')
      group.create_attribute('weight_names', ['kernel'])
      group.create_dataset({ name: 'kernel', data: ['a', 'b'] })
    }),
    'no floating-point or whole numbers at "kernel"',
  ],
  [
    'a weight in another file',
    h5Bytes((root) => {
      root.create_attribute('layer_names', ['conv1'])
      const group = root.create_group('conv1')
      group.create_attribute('weight_names', ['kernel'])
      group.create_external_link('/etc/passwd', '/', 'kernel')
    }),
    'no numbers at "kernel"',
  ],
  [
    'far more numbers than the file has bytes',
    h5Bytes((root) => {
      root.create_attribute('layer_names', ['conv1'])
      const group = root.create_group('conv1')
      group.create_attribute('weight_names', ['kernel'])
      const data = new Float32Array(1)
      const kernel = group.create_dataset({ name: 'kernel', data, shape: [1], maxshape: [null], chunks: [1024] })
      kernel.resize([2 ** 31])
    }),
    'numbers of shape [2147483648] at "kernel", more than such a file can hold',
  ],
])('parseKerasH5 refuses %s', async (_, bytes, found) => {
  expect(await foundIn(await bytes)).toContain(`found ${found}. Fetch`)
})

test.each([
  ['in the file itself', {}],
  ['in model_weights', { inside: 'model_weights' }],
  ['with its names in several attributes', { namesPerPart: 2 }],
])('parseKerasH5 reads the legacy layout %s, in the order of its attributes', async (_, options) => {
  expect(await parseKerasH5(await legacyKerasBytes(layers, options), 'w.h5')).toEqual(withWeights)
})

test('readKerasH5 converts double precision', async () => {
  const path = join(tempFolder(), 'double.h5')
  const bytes = await h5Bytes((root) => {
    root.create_attribute('layer_names', ['dense'])
    const group = root.create_group('dense')
    group.create_attribute('weight_names', ['kernel'])
    group.create_dataset({ name: 'kernel', data: new Float64Array([0.1, -2]), shape: [1, 2] })
  })
  writeFileSync(path, bytes)
  const data = new Float32Array([0.1, -2])
  expect(await readKerasH5(path)).toEqual([{ layer: 'dense', weights: [{ name: 'kernel', shape: [1, 2], data }] }])
})

/** A chunked, compressed float16 `kernel` and an empty `weight_names`, as h5py writes them; see the fixture's maker. */
test('readKerasH5 reads what h5py writes: half precision, compression, empty lists', async () => {
  expect(await parseKerasH5(fixtureBytes('h5py'), 'h5py.h5')).toEqual([
    { layer: 'dense', weights: [{ name: 'kernel:0', shape: [2, 2], data: new Float32Array([0.5, -1.25, 65504, 2 ** -24]) }] },
  ])
})

test('parseKerasH5 reads the layout of Keras 3, numbers in names by their value, random state and optimizer left out', async () => {
  const bytes = await h5Bytes((root) => {
    const write = (path: string, name: string, data: Float32Array | Uint32Array) =>
      void groupAt(root, path.split('/')).create_dataset({ name, data, shape: [data.length] })
    for (const at of [10, 2, 1]) write(`layers/conv2d_${at}/vars`, '0', new Float32Array([at]))
    for (const at of [10, 9, 1, 0]) write('layers/conv2d/vars', String(at), new Float32Array([at]))
    write('layers/dropout/seed_generator/vars', '0', new Uint32Array([1, 2]))
    write('layers/functional/layers/dense/vars', '0', new Float32Array([7]))
    groupAt(root, ['layers', 'flatten', 'vars'])
    write('optimizer/vars', '0', new Float32Array([8]))
  })
  const read = await parseKerasH5(bytes, 'w.weights.h5')
  expect(read.map(({ layer, weights }) => [layer, weights.map(({ name, data }) => [name, ...data])])).toEqual([
    [
      'conv2d',
      [
        ['0', 0],
        ['1', 1],
        ['9', 9],
        ['10', 10],
      ],
    ],
    ['conv2d_1', [['0', 1]]],
    ['conv2d_2', [['0', 2]]],
    ['conv2d_10', [['0', 10]]],
    ['functional/layers/dense', [['0', 7]]],
  ])
})

test('parseKerasH5 reads what Keras 3 saved: bfloat16, a model inside the model', async () => {
  const read = await parseKerasH5(fixtureBytes('keras3-weights'), 'keras3.weights.h5')
  expect(read.map(({ layer, weights }) => [layer, weights.map(({ shape, data }) => [shape, ...data])])).toEqual(keras3Fixture)
})
