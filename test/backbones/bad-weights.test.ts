import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import { builtFolder } from '../../src/backbones/built-graph.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import type { KerasWeights } from '../../src/weights/weights.js'
import { filledTorch } from '../helpers/backbone-reference.js'
import { randomSqueezenet } from '../helpers/random-keras.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution } from '../helpers/tiny-graph.js'
import { legacyKerasBytes } from '../weights/write-keras-h5.js'

const layers = randomSqueezenet(1).filter(({ weights }) => weights.length > 0)
const fetchAgain = 'Fetch or save the file again.'
const check = 'Check that the file belongs to this network and is without its top.'

/** The layers with other ones in the place of `name`. */
const instead = (name: string, ...others: KerasWeights): KerasWeights =>
  layers.flatMap((layer) => (layer.layer === name ? others : [layer]))

/** A .safetensors file whose first tensor is said to begin `shift` bytes from where it does. */
function lying(shift: number): Uint8Array {
  const { tensors } = filledTorch('resnet18')
  let at = 0
  const entries = [...tensors.values()].map(({ name, shape, data }, index) => {
    const [begin, end] = [at, at + data.byteLength]
    at = end
    return [name, { dtype: 'F32', shape, data_offsets: index === 0 ? [begin + shift, end + shift] : [begin, end] }] as const
  })
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, Buffer.alloc(at)])
}

describe('--weights refuses', () => {
  it.each<[string, string, string, () => Uint8Array | Promise<Uint8Array>, (path: string) => string]>([
    [
      'a truncated .h5',
      'squeezenet',
      'w.h5',
      async () => (await legacyKerasBytes(layers)).subarray(0, -1000),
      (path) => `Expected ${path} to be a Keras .h5 file with weights, found truncated file: eof = … ${fetchAgain}`,
    ],
    [
      'an .h5 that lacks a layer',
      'squeezenet',
      'w.h5',
      () => legacyKerasBytes(instead('fire9/expand3x3')),
      () => `Expected the weights of squeezenet to have layer "fire9/expand3x3", found none in its place. ${check}`,
    ],
    [
      'an .h5 with a layer of another shape',
      'squeezenet',
      'w.h5',
      () => {
        const kernel = { name: 'k', shape: [5, 5, 3, 64], data: new Float32Array(4800) }
        return legacyKerasBytes(instead('conv1', { layer: 'conv1', weights: [kernel, ...(layers[0]?.weights.slice(1) ?? [])] }))
      },
      () => `Expected the weights of squeezenet to have kernel of layer "conv1" in the shape [3, 3, 3, 64], found [5, 5, 3, 64]. ${check}`,
    ],
    [
      'an .h5 of another network',
      'vgg16',
      'w.h5',
      () => legacyKerasBytes(layers),
      () =>
        `Expected the weights of vgg16 to have kernel of layer "block1_conv2" (in the file "fire2/squeeze1x1") in the shape [3, 3, 64, 64], found [1, 1, 64, 16]. ${check}`,
    ],
    [
      'a bomb in .keras',
      'squeezenet',
      'w.keras',
      () => zipSync({ 'model.weights.h5': new Uint8Array(100 * 2 ** 20) }),
      (path) =>
        `Expected ${path} to be a .keras archive with weights, found a zip archive of … bytes whose members unfold to more than weights ever do ("model.weights.h5": 104857600 bytes). ${fetchAgain}`,
    ],
    [
      'a .safetensors whose header lies',
      'resnet18',
      'w.safetensors',
      () => lying(8),
      (path) =>
        `Expected ${path} to be a .safetensors file, found tensor "conv1.weight" at byte 8, after a gap, where byte 0 is next. ${fetchAgain}`,
    ],
    [
      'a .pth that calls something',
      'resnet18',
      'w.pth',
      () => zipSync({ 'w/data.pkl': strToU8('\x80\x02cposix\nsystem\nX\x04\0\0\0exit\x85R.', true) }, { level: 0 }),
      (path) =>
        `Expected ${path} to be a PyTorch file (.pth, .pt) of a module's state dict, found a pickle that asks for "posix.system", which is refused: only tensors and plain containers are read (of a whole module, save its state_dict()). ${fetchAgain}`,
    ],
  ])('%s', async (_, model, name, bytes, message) => {
    const [path, cache] = [join(tempFolder(), name), tempFolder()]
    writeFileSync(path, await bytes())
    const error = await userErrorOf(() => resolveBackbone(model, { weights: path, cache }))
    const found = error.message.replace(/eof = .*?\. Fetch/, 'eof = … Fetch').replace(/archive of \d+ bytes/, 'archive of … bytes')
    expect(found).toBe(message(path))
    expect(existsSync(builtFolder(cache))).toBe(false)
  })
})

it.each([
  ['a path upwards', (secret: string) => `../${secret.split('/').slice(-2).join('/')}`],
  ['a link', (_secret: string) => 'link.data'],
])('--model refuses an .onnx whose data lies outside its folder by %s', async (_, location) => {
  const [folder, outside] = [tempFolder(), tempFolder()]
  const secret = join(outside, 'secret.data')
  writeFileSync(secret, Buffer.alloc(432))
  symlinkSync(secret, join(folder, 'link.data'))
  const model = proto.onnx.ModelProto.decode(writeOnnx(convolution()))
  const [weight] = model.graph?.initializer ?? []
  Object.assign(weight ?? {}, { rawData: null, dataLocation: 1, externalData: [{ key: 'location', value: location(secret) }] })
  writeFileSync(join(folder, 'net.onnx'), proto.onnx.ModelProto.encode(model).finish())
  const { message } = await userErrorOf(() => resolveBackbone(join(folder, 'net.onnx')))
  expect(message).toBe(`Expected the model's external data inside ${folder}, found it at ${secret}. Only files beside the model are read.`)
})
