import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTfjsModel } from '../../src/weights/read-tfjs-model.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { tf } from '../helpers/tfjs.js'
import { userErrorOf } from '../helpers/thrown.js'

const weight = (name: string, shape: readonly unknown[], rest: object = {}) => ({ name, shape, dtype: 'float32', ...rest })
const group = (paths: unknown, ...weights: readonly object[]) => ({ paths, weights })

/** Writes model.json, with a topology unless told otherwise, and files beside it; the path of model.json. */
function modelFile(json: object, files: Readonly<Record<string, Uint8Array>> = {}): string {
  const folder = join(tempFolder(), 'model')
  mkdirSync(folder)
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ modelTopology: {}, ...json }))
  return join(folder, 'model.json')
}

const bytes = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer)
const messageOf = async (path: string) => (await userErrorOf(() => readTfjsModel(path))).message

describe('readTfjsModel refuses', () => {
  it('a file that is not there', async () => {
    expect(await messageOf('no/model.json')).toMatch(
      /^Expected a model\.json of TensorFlow\.js at no\/model\.json, but it cannot be read: ENOENT/,
    )
  })

  it.each<[string, string, string]>([
    ['text', 'not this', 'no JSON object'],
    ['a list', '[]', 'no JSON object'],
    ['an object of another kind', '{"a": 1}', 'no modelTopology'],
    ['an unknown format', '{"format": "onnx", "modelTopology": {}, "weightsManifest": []}', 'the format "onnx"'],
    ['no manifest', '{"modelTopology": {}}', 'no weightsManifest'],
  ])('%s', async (_, text, found) => {
    const path = join(tempFolder(), 'model.json')
    writeFileSync(path, text)
    expect(await messageOf(path)).toBe(
      `Expected ${path} to be a model.json of TensorFlow.js, found ${found}. Fetch or save the file again.`,
    )
  })

  it.each<[string, object, string]>([
    ['no paths', group([], weight('w', [1])), 'the paths [] in its weightsManifest'],
    ['paths that are numbers', group([1]), 'the paths [1] in its weightsManifest'],
    ['text as weights', group(['a.bin'], weight('w', [1], { dtype: 'string' })), 'weight "w" of type "string"'],
    ['a negative side', group(['a.bin'], weight('w', [-1])), 'weight "w" of shape [-1]'],
    ['a side that is no number', group(['a.bin'], weight('w', ['many'])), 'weight "w" of shape ["many"]'],
    ['no name', group(['a.bin'], { shape: [1], dtype: 'float32' }), 'weight undefined of shape [1]'],
    [
      'a quantization without a scale',
      group(['a.bin'], weight('w', [1], { quantization: { dtype: 'uint8', min: 0 } })),
      'weight "w" of type "float32" with {"dtype":"uint8","min":0}',
    ],
    [
      'half precision of whole numbers',
      group(['a.bin'], weight('w', [1], { dtype: 'int32', quantization: { dtype: 'float16' } })),
      'weight "w" of type "int32" with {"dtype":"float16"}',
    ],
  ])('a manifest with %s', async (_, manifest, found) => {
    const path = modelFile({ weightsManifest: [manifest] }, { 'a.bin': bytes(1) })
    expect(await messageOf(path)).toBe(
      `Expected ${path} to be a model.json of TensorFlow.js, found ${found}. Fetch or save the file again.`,
    )
  })

  it.each(['../secret.bin', 'a/../../secret.bin', '../nowhere.bin'])('the shard %s, outside its folder', async (shard) => {
    const path = modelFile({ weightsManifest: [group([shard], weight('w', [1]))] })
    const folder = dirname(path)
    writeFileSync(join(folder, '../secret.bin'), bytes(1))
    expect(await messageOf(path)).toBe(
      `Expected the model's shard inside ${folder}, found it at ${join(folder, '..', shard.split('/').at(-1) ?? '')}. Only files beside the model are read.`,
    )
  })

  it.each([
    '/etc/hostname',
    'https://example.org/a.bin',
    'file:///etc/hostname',
    'C:\\a.bin',
    '\\\\server\\a.bin',
  ])('the shard %s', async (shard) => {
    const path = modelFile({ weightsManifest: [group([shard], weight('w', [1]))] })
    expect(await messageOf(path)).toBe(
      `Expected the model's shards inside ${dirname(path)}, found "${shard}" in its weightsManifest. Only files beside the model are read.`,
    )
  })

  it('a shard that is a link to elsewhere', async () => {
    const path = modelFile({ weightsManifest: [group(['a.bin'], weight('w', [1]))] })
    const secret = join(tempFolder(), 'secret.bin')
    writeFileSync(secret, bytes(1))
    symlinkSync(secret, join(dirname(path), 'a.bin'))
    expect(await messageOf(path)).toContain(`found it at ${secret}. Only files beside the model are read.`)
  })

  it('a shard that is missing', async () => {
    const path = modelFile({ weightsManifest: [group(['a.bin', 'b.bin'], weight('w', [2]))] }, { 'a.bin': bytes(1) })
    expect(await messageOf(path)).toBe(
      `Expected the model's shard at ${join(dirname(path), 'b.bin')}, found nothing there. Copy it beside the model.`,
    )
  })

  it('a shard that is a folder', async () => {
    const path = modelFile({ weightsManifest: [group(['sub'], weight('w', [1]))] })
    const folder = join(dirname(path), 'sub')
    mkdirSync(folder)
    expect(await messageOf(path)).toBe(
      `Expected a shard of the model at ${folder}, but it cannot be read: EISDIR: illegal operation on a directory, read. Copy the whole model again.`,
    )
  })

  it.each([
    ['short', 3, 7],
    ['long', 5, 9],
  ])('shards that are too %s', async (_, second, found) => {
    const path = modelFile(
      { weightsManifest: [group(['a.bin', 'b.bin'], weight('w', [2]))] },
      { 'a.bin': bytes(1), 'b.bin': new Uint8Array(second) },
    )
    const at = (name: string) => join(dirname(path), name)
    expect(await messageOf(path)).toBe(
      `Expected 8 bytes of weights in ${at('a.bin')} (4 bytes), ${at('b.bin')} (${second} bytes), found ${found}. Copy the whole model again.`,
    )
  })
})

describe('readTfjsModel', () => {
  it('joins shards and keeps groups apart', async () => {
    const weightsManifest = [group(['a.bin', 'b.bin'], weight('w', [2]), weight('v', [])), group(['c.bin'], weight('u', [1, 1]))]
    const all = bytes(1, 2, 3)
    const path = modelFile({ weightsManifest }, { 'a.bin': all.subarray(0, 6), 'b.bin': all.subarray(6), 'c.bin': bytes(4) })
    expect([...(await readTfjsModel(path)).weights.values()]).toEqual([
      { name: 'w', shape: [2], data: Float32Array.of(1, 2) },
      { name: 'v', shape: [], data: Float32Array.of(3) },
      { name: 'u', shape: [1, 1], data: Float32Array.of(4) },
    ])
  })

  it.each([
    ['layers', { format: 'layers-model', modelTopology: { node: [{}] } }],
    ['graph', { format: 'graph-model' }],
    ['layers', {}],
    ['graph', { modelTopology: { node: [{}] } }],
  ])('tells the format: %s', async (format, json) => {
    expect((await readTfjsModel(modelFile({ weightsManifest: [], ...json }))).format).toBe(format)
  })

  it('unfolds quantized weights as tfjs does', async () => {
    const specs: tf.io.WeightsManifestEntry[] = [
      { name: 'odd', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -1 } },
      { name: 'wide', shape: [2], dtype: 'float32', quantization: { dtype: 'uint16', scale: 0.01, min: -2 } },
      { name: 'half', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
      { name: 'whole', shape: [2], dtype: 'int32', quantization: { dtype: 'uint8', scale: 2.6, min: -3 } },
      { name: 'flags', shape: [2], dtype: 'bool' },
      { name: 'counts', shape: [1], dtype: 'int32' },
    ]
    const data = Uint8Array.of(0, 7, 255, 1, 2, 255, 255, 0, 0x3c, 0, 0xc4, 7, 200, 0, 1, 254, 255, 255, 255)
    const path = modelFile({ weightsManifest: [group(['a.bin'], ...specs)] }, { 'a.bin': data })
    const { weights } = await readTfjsModel(path)
    const wanted = tf.io.decodeWeights(data.buffer, specs)
    for (const [name, tensor] of Object.entries(wanted))
      expect([...(weights.get(name)?.data ?? [])], name).toEqual([...(await tensor.data())].map(Number))
  })

  it('is known by model.json and every byte of its shards', async () => {
    const weightsManifest = [group(['a.bin'], weight('w', [1]))]
    const digest = async (json: object, value: number) =>
      (await readTfjsModel(modelFile({ weightsManifest, ...json }, { 'a.bin': bytes(value) }))).digest
    const [first, same, other, named] = [await digest({}, 1), await digest({}, 1), await digest({}, 2), await digest({ a: 1 }, 1)]
    expect(same).toBe(first)
    expect(new Set([first, other, named]).size).toBe(3)
  })
})
