import { statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BackboneOptions } from '../../src/backbones/backbone.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

describe('resolveBackbone refuses', () => {
  it.each(['vgg99', 'constructor', '__proto__', ''])('the unknown name "%s"', async (name) => {
    const error = await userErrorOf(() => resolveBackbone(name))
    expect([error.message, error.exitCode]).toEqual([
      `Expected --model to be one of efficientnet-lite0, inceptionv3, vgg16, vgg19, resnet50, resnet50v2, mobilenet, mobilenetv2, xception, densenet121, squeezenet, resnet18, resnet34, resnet50.torch, cnn7, or a path to an .onnx, .h5, .keras or model.json file, got "${name}".`,
      2,
    ])
  })

  it.each([
    ['a file that is not there', './nowhere/net.onnx', 'no file there. Check the path.'],
    ['a folder', tempFolder(), 'a folder. Give the path of the file in it.'],
  ])('%s', async (_, path, found) => {
    const error = await userErrorOf(() => resolveBackbone(path))
    expect([error.message, error.exitCode]).toEqual([`Expected an .onnx, .h5, .keras or model.json file at ${path}, found ${found}`, 2])
  })

  it.each<[BackboneOptions, string]>([
    [{ mean: [127] }, 'Expected no --mean with efficientnet-lite0, which has its own, got 127. Leave the option out.'],
    [{ scale: [1, 2, 3] }, 'Expected no --scale with efficientnet-lite0, which has its own, got 1,2,3. Leave the option out.'],
    [{ size: 299 }, 'Expected no --size with efficientnet-lite0, which has its own, got 299. Leave the option out.'],
  ])('%j with efficientnet-lite0', async (options, message) => {
    const error = await userErrorOf(() => resolveBackbone('efficientnet-lite0', options))
    expect([error.message, error.exitCode]).toEqual([message, 2])
  })
})

describe('resolveBackbone', () => {
  it('knows efficientnet-lite0', async () => {
    const backbone = await resolveBackbone('efficientnet-lite0', { size: 224 })
    expect(backbone).toMatchObject({
      name: 'efficientnet-lite0',
      layer: 'features',
      size: 224,
      layout: 'nchw',
      batch: undefined,
      input: { order: 'rgb', mean: [127, 127, 127], scale: [128, 128, 128] },
      // The weights' digest is in every fingerprint: another one throws every user's codes away.
      identity: {
        architecture: 'efficientnet-lite0',
        version: '1.0.0',
        weights: '9438cd0c8f9cc086022a7d0cf3a4e881d8b002d140ee537fd52a2fe5707711a8',
      },
    })
  })

  it('takes a path, with or without the ending', async () => {
    expect((await resolveBackbone(modelFile(convolution()))).name).toBe('net.onnx')
    expect((await resolveBackbone(modelFile(convolution(), 'net.bin'))).name).toBe('net.bin')
  })

  it('keeps the embedded model under 7 MB', () => {
    expect(statSync(new URL('../../models/efficientnet-lite0.onnx', import.meta.url)).size).toBeLessThan(7_000_000)
  })
})
