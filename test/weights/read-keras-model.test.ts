import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readKerasModel } from '../../src/weights/read-keras-model.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { groupAt, h5Bytes, legacyKerasBytes } from './write-keras-h5.js'

const kernel = { name: 'conv/kernel:0', shape: [1], data: Float32Array.of(0.5) }
const layers = [{ layer: 'conv', weights: [kernel] }]
const model = { class_name: 'Sequential', config: {} }

const wholeH5 = (config = JSON.stringify(model)) =>
  legacyKerasBytes(layers, { inside: 'model_weights', attributes: { model_config: config, keras_version: '2.15.0' } })

const keras3Weights = () =>
  h5Bytes((root) => void groupAt(root, ['layers', 'conv2d', 'vars']).create_dataset({ name: '0', data: kernel.data, shape: [1] }))

async function archive(members: Readonly<Record<string, Uint8Array>> = {}): Promise<Uint8Array> {
  const metadata = strToU8('{"keras_version": "3.15.1"}')
  return zipSync({
    'config.json': strToU8(JSON.stringify(model)),
    'metadata.json': metadata,
    'model.weights.h5': await keras3Weights(),
    ...members,
  })
}

function fileOf(bytes: Uint8Array, name = 'model.h5'): string {
  const path = join(tempFolder(), name)
  writeFileSync(path, bytes)
  return path
}

const kind = 'a whole Keras model, saved by model.save as .h5 or .keras'

describe('readKerasModel refuses', () => {
  it('a file that is not there', async () => {
    const { message } = await userErrorOf(() => readKerasModel('no/model.keras'))
    expect(message).toMatch(
      /^Expected a whole Keras model, saved by model\.save as \.h5 or \.keras at no\/model\.keras, but it cannot be read: ENOENT/,
    )
  })

  it.each<[string, () => Promise<Uint8Array>, string]>([
    ['nothing', async () => new Uint8Array(), 'file signature not found'],
    ['text', async () => strToU8('not this'), 'file signature not found'],
    ['the first half of an .h5', async () => (await wholeH5()).subarray(0, 1000), 'truncated file: eof = '],
    ['the first half of a .keras', async () => (await archive()).subarray(0, 300), 'no zip archive, or one that breaks off'],
    ['an HDF5 file of another kind', () => h5Bytes((root) => void root.create_group('other')), 'an HDF5 file without a model'],
    ['a configuration that is no JSON', () => wholeH5('not this'), 'a configuration that is no JSON object'],
    [
      'an archive without configuration',
      async () => zipSync({ 'model.weights.h5': await keras3Weights() }),
      'a zip archive without config.json',
    ],
    ['an archive without weights', async () => zipSync({ 'config.json': strToU8('{}') }), 'a zip archive without model.weights.h5'],
    ['an archive with weights that are none', () => archive({ 'model.weights.h5': strToU8('not this') }), 'file signature not found'],
    [
      'a bomb of weights',
      () => archive({ 'model.weights.h5': new Uint8Array(100 * 2 ** 20) }),
      'whose members unfold to more than weights ever do ("model.weights.h5": 104857600 bytes)',
    ],
    [
      'a bomb of a configuration',
      () => archive({ 'config.json': new Uint8Array(100 * 2 ** 20) }),
      'whose members unfold to more than weights ever do ("config.json": 104857600 bytes)',
    ],
  ])('%s', async (_, bytes, found) => {
    const path = fileOf(await bytes())
    const { message } = await userErrorOf(() => readKerasModel(path))
    expect(message).toContain(`Expected ${path} to be ${kind}, found `)
    expect(message).toContain(found)
    expect(message).toMatch(/ Fetch or save the file again\.$/)
  })

  it.each([
    ['the legacy layout', () => legacyKerasBytes(layers)],
    ['the layout of Keras 3', keras3Weights],
  ])('weights alone, in %s, and says where they go', async (_, bytes) => {
    const path = fileOf(await bytes(), 'model.weights.h5')
    expect((await userErrorOf(() => readKerasModel(path))).message).toBe(
      `Expected ${path} to be ${kind}, found weights alone. Name the network that they belong to, as in --model resnet50 --weights ${path}, or save the whole model.`,
    )
  })

  it('bytes damaged anywhere with a UserError, or reads them', async () => {
    for (const bytes of [await wholeH5(), await archive()]) {
      for (let at = 0; at < bytes.length; at += 293) {
        const damaged = Uint8Array.from(bytes)
        damaged.fill(0xff, at, at + 8)
        await readKerasModel(fileOf(damaged)).catch((error: unknown) => expect(error).toHaveProperty('name', 'UserError'))
      }
    }
  })
})

describe('readKerasModel', () => {
  it('reads an .h5, whatever its ending', async () => {
    const read = await readKerasModel(fileOf(await wholeH5(), 'model.keras'))
    expect(read).toMatchObject({ model, version: '2.15.0', weights: { by: 'layer', layers } })
    expect(read.digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('reads a .keras archive', async () => {
    const weights = [{ name: '0', shape: [1], data: kernel.data }]
    expect(await readKerasModel(fileOf(await archive()))).toMatchObject({
      model,
      version: '3.15.1',
      weights: { by: 'class', layers: [{ layer: 'conv2d', weights }] },
    })
  })

  it('takes a model without weights, and one that does not tell its version', async () => {
    const bare = await h5Bytes((root) => root.create_attribute('model_config', JSON.stringify(model)))
    expect(await readKerasModel(fileOf(bare))).toMatchObject({ model, version: '', weights: { by: 'layer', layers: [] } })
  })
})
