import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { readKerasArchive } from '../../src/weights/read-keras-archive.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { fixtureBytes, keras3Fixture } from './fixture.js'
import { groupAt, h5Bytes } from './write-keras-h5.js'

function fileOf(bytes: Uint8Array): string {
  const path = join(tempFolder(), 'model.keras')
  writeFileSync(path, bytes)
  return path
}

const weights = () =>
  h5Bytes((root) => {
    const vars = groupAt(root, ['layers', 'conv2d', 'vars'])
    vars.create_dataset({ name: '0', data: new Float32Array([1, 2]), shape: [1, 2] })
  })

test.each([
  ['no archive', strToU8('not this'), 'no zip archive, or one that breaks off'],
  ['an archive without weights', zipSync({ 'config.json': strToU8('{}') }), 'a zip archive without model.weights.h5'],
  ['weights that are no HDF5', zipSync({ 'model.weights.h5': strToU8('not this') }), 'file signature not found'],
  [
    'a bomb',
    zipSync({ 'model.weights.h5': new Uint8Array(100 * 2 ** 20) }),
    'more than weights ever do ("model.weights.h5": 104857600 bytes)',
  ],
])('readKerasArchive refuses %s', async (_, bytes, found) => {
  const path = fileOf(bytes)
  const { message } = await userErrorOf(() => readKerasArchive(path))
  expect(message).toContain(`Expected ${path} to be a`)
  expect(message).toContain(found)
})

test.each([
  ['stored, as Keras writes them', 0],
  ['compressed', 6],
] as const)('readKerasArchive reads weights that are %s', async (_, level) => {
  const path = fileOf(zipSync({ 'config.json': strToU8('{}'), 'model.weights.h5': [await weights(), { level }] }))
  const data = new Float32Array([1, 2])
  expect(await readKerasArchive(path)).toEqual([{ layer: 'conv2d', weights: [{ name: '0', shape: [1, 2], data }] }])
})

test('readKerasArchive reads what Keras 3 saved', async () => {
  const read = await readKerasArchive(fileOf(fixtureBytes('keras3-archive')))
  expect(read.map(({ layer, weights }) => [layer, weights.map(({ shape, data }) => [shape, ...data])])).toEqual(keras3Fixture)
})
