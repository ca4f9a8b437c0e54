import { copyFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import proto from 'onnx-proto'
import { describe, expect, it } from 'vitest'
import type { BackboneOptions } from '../../src/backbones/backbone.js'
import { userModel } from '../../src/backbones/user-model.js'
import { type Graph, node, type ValueInfo } from '../../src/graph/graph.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf, modelFile, value } from '../helpers/tiny-graph.js'

const { onnx } = proto
const withInputs = (...inputs: readonly ValueInfo[]): Graph => convolution({ inputs })
const image = (...dims: readonly (number | string | null)[]) => value('image', dims)

describe('userModel refuses', () => {
  it.each<[string, Graph, string]>([
    ['two inputs', withInputs(image('n', 3, 8, 8), value('mask', ['n', 1])), '"image" float32 [n, 3, 8, 8], "mask" float32 [n, 1]'],
    ['no input', withInputs(), 'no input'],
    ['an integer input', withInputs(value('image', ['n', 3, 8, 8], 'uint8')), '"image" uint8 [n, 3, 8, 8]'],
    ['a float16 input', withInputs(value('image', ['n', 3, 8, 8], 'float16')), '"image" float16 [n, 3, 8, 8]'],
    ['one channel', withInputs(image('n', 1, 8, 8)), '"image" float32 [n, 1, 8, 8]'],
    ['five dimensions', withInputs(image('n', 3, 4, 8, 8)), '"image" float32 [n, 3, 4, 8, 8]'],
    ['two dimensions', withInputs(image(null, 3)), '"image" float32 [?, 3]'],
    ['an input without shape', withInputs(value('image')), '"image" float32 [shape not given]'],
    ['an input without type', withInputs({ name: 'image', type: undefined, dims: undefined }), '"image" of another type [shape not given]'],
  ])('%s', async (_, graph, found) => {
    const path = modelFile(graph)
    const error = await userErrorOf(() => userModel(path, {}))
    expect(error.message).toBe(
      `Expected ${path} to take one float32 batch of images of 3 channels, [n, 3, h, w] or [n, h, w, 3]; found ${found}.`,
    )
    expect(error.exitCode).toBe(1)
  })

  it('images that are not square', async () => {
    const path = modelFile(withInputs(image('n', 3, 8, 9)))
    expect((await userErrorOf(() => userModel(path, {}))).message).toBe(
      `Expected ${path} to take square images, found "image" float32 [n, 3, 8, 9].`,
    )
  })

  const numbers = 'one number or three, as in 127.5 or 123.7,116.3,103.5'
  it.each<[string, BackboneOptions, string]>([
    ['two means', { mean: [1, 2] }, `Expected --mean to be ${numbers}, got "1,2".`],
    ['four means', { mean: [1, 2, 3, 4] }, `Expected --mean to be ${numbers}, got "1,2,3,4".`],
    ['no mean', { mean: [] }, `Expected --mean to be ${numbers}, got "".`],
    ['a mean that is no number', { mean: [Number.NaN] }, `Expected --mean to be ${numbers}, got "NaN".`],
    ['two scales', { scale: [1, 2] }, `Expected --scale to be ${numbers}, got "1,2".`],
    ['an infinite scale', { scale: [Number.POSITIVE_INFINITY] }, `Expected --scale to be ${numbers}, got "Infinity".`],
    ['a scale of 0', { scale: [1, 0, 1] }, 'Expected --scale to be numbers other than 0 (pixels are divided by them), got "1,0,1".'],
  ])('%s', async (_, options, message) => {
    const error = await userErrorOf(() => userModel(modelFile(convolution()), options))
    expect([error.message, error.exitCode]).toEqual([message, 2])
  })

  it('a size that the file does not have', async () => {
    const path = modelFile(convolution())
    const error = await userErrorOf(() => userModel(path, { size: 9 }))
    expect([error.message, error.exitCode]).toEqual([`Expected --size to be 8, which ${path} fixes, got 9. Leave the option out.`, 2])
  })

  it('no size where the file leaves it open', async () => {
    const path = modelFile(withInputs(image('n', 3, 'h', 'w')))
    const error = await userErrorOf(() => userModel(path, {}))
    expect([error.message, error.exitCode]).toEqual([
      `Expected --size for ${path}, whose input has no fixed height and width, got none. Add --size 224 or what it was trained with.`,
      2,
    ])
  })

  it('an unknown layer', async () => {
    const error = await userErrorOf(() => userModel(modelFile(convolution()), { layer: 'fc' }))
    expect(error.message).toBe('Expected --layer to be one of the 2 layers of the model, got "fc". The last ones are: conv, y.')
  })
})

describe('userModel', () => {
  it.each<[string, Graph, BackboneOptions, object]>([
    ['channels first', convolution(), {}, { layout: 'nchw', size: 8, batch: undefined, layer: 'y' }],
    ['channels last', withInputs(image(null, 8, 8, 3)), {}, { layout: 'nhwc', size: 8, batch: undefined }],
    ['a fixed batch', withInputs(image(4, 3, 8, 8)), {}, { batch: 4 }],
    ['a batch of −1', withInputs(image(-1, 3, 8, 8)), {}, { batch: undefined }],
    ['a size for an open side', withInputs(image('n', 3, 'h', -1)), { size: 32 }, { size: 32 }],
    ['one fixed side', withInputs(image('n', 3, 'h', 8)), {}, { size: 8 }],
    ['the size that the file fixes anyway', convolution(), { size: 8 }, { size: 8 }],
    [
      'one mean for all',
      convolution(),
      { mean: [127.5], scale: [-2] },
      { input: { order: 'rgb', mean: [127.5, 127.5, 127.5], scale: [-2, -2, -2] } },
    ],
    ['three means', convolution(), { mean: [1, 2, 3] }, { input: { order: 'rgb', mean: [1, 2, 3], scale: [1, 1, 1] } }],
    ['an inner layer', convolution(), { layer: 'conv' }, { layer: 'conv' }],
  ])('takes %s', async (_, graph, options, expected) => {
    expect(await userModel(modelFile(graph), options)).toMatchObject({ name: 'net.onnx', ...expected })
  })

  it('names a layer by its node, however it was asked for', async () => {
    const graph = graphOf([{ ...node('Relu', 'relu1', ['image']), outputs: ['relu1_out'] }, node('Relu', 'y', ['relu1_out'])], {})
    const layers = await Promise.all(['relu1', 'relu1_out'].map(async (layer) => (await userModel(modelFile(graph), { layer })).layer))
    expect(layers).toEqual(['relu1', 'relu1'])
  })

  it('is known by the bytes of its file, whatever its name', async () => {
    const path = modelFile(convolution())
    const copy = join(tempFolder(), 'copy.onnx')
    copyFileSync(path, copy)
    const [first, second, other] = await Promise.all(
      [path, copy, modelFile(convolution({ opsets: new Map([['', 18]]) }))].map((file) => userModel(file, {})),
    )
    expect(second?.identity).toEqual(first?.identity)
    expect(other?.identity).not.toEqual(first?.identity)
  })

  it.each(['initializer', 'attribute'])('is known by its external data too, kept by an %s', async (where) => {
    const path = externalModel(where)
    const digests: unknown[] = []
    for (const bias of [1, 2]) {
      writeFileSync(join(dirname(path), 'net.data'), Buffer.from(Float32Array.of(bias).buffer))
      digests.push((await userModel(path, {})).identity)
    }
    expect(digests[0]).not.toEqual(digests[1])
  })
})

/** An .onnx file that adds a constant kept in net.data beside it. */
function externalModel(where: string): string {
  const external = { dataType: 1, dims: [1], dataLocation: 1, externalData: [{ key: 'location', value: 'net.data' }] }
  const constant = { opType: 'Constant', output: ['w'], attribute: [{ name: 'value', type: 4, t: external }] }
  const inputType = { tensorType: { elemType: 1, shape: { dim: [{}, { dimValue: 3 }, { dimValue: 8 }, { dimValue: 8 }] } } }
  const graph = {
    node: [...(where === 'attribute' ? [constant] : []), { opType: 'Add', input: ['image', 'w'], output: ['y'] }],
    initializer: where === 'initializer' ? [{ ...external, name: 'w' }] : [],
    input: [{ name: 'image', type: inputType }],
    output: [{ name: 'y' }],
  }
  const path = join(tempFolder(), 'net.onnx')
  writeFileSync(path, onnx.ModelProto.encode(onnx.ModelProto.create({ irVersion: 8, graph })).finish())
  return path
}
