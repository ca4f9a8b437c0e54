import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { architectures } from '../../src/backbones/architectures.js'
import { buildBackbone } from '../../src/backbones/build-backbone.js'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { filledKeras } from '../helpers/backbone-reference.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { write } from '../weights/weight-place.js'
import { legacyKerasBytes } from '../weights/write-keras-h5.js'

describe('a network by name', () => {
  it('is refused without weights where they have no official address', async () => {
    const error = await userErrorOf(() => resolveBackbone('squeezenet'))
    expect([error.message, error.exitCode]).toEqual([
      'Expected --weights FILE for squeezenet, whose weights have no official address, got none. For trying its speed: --weights random.',
      2,
    ])
  })

  it('is refused with a weight file that is not there, or is none', async () => {
    const path = join(tempFolder(), 'w.h5')
    expect((await userErrorOf(() => resolveBackbone('mobilenet', { weights: path }))).message).toBe(
      `Expected --weights to be a file with weights, found no file at ${path}. Check the path.`,
    )
    writeFileSync(path, 'text')
    expect((await userErrorOf(() => resolveBackbone('mobilenet', { weights: path }))).message).toBe(
      `Expected weights as .h5, .keras, .pth or .safetensors, found another kind of file at ${path}. Fetch or save the file again.`,
    )
  })

  it('names the damaged file where it was found and not given', async () => {
    const cache = tempFolder()
    const path = write(join(cache, 'models/mobilenet_1_0_224_tf_no_top.h5'), new Uint8Array(9))
    expect((await userErrorOf(() => resolveBackbone('mobilenet', { cache }))).message).toBe(
      `Expected weights as .h5, .keras, .pth or .safetensors, found another kind of file at ${path}. Fetch or save the file again. ` +
        `The file was found there, not given: delete ${path}, or give another one with --weights FILE.`,
    )
  })

  it('takes no weights where it has its own', async () => {
    for (const model of ['efficientnet-lite0', modelFile(convolution())]) {
      const error = await userErrorOf(() => resolveBackbone(model, { weights: 'w.h5' }))
      expect(error.message).toBe(`Expected no --weights with ${basename(model)}, which has its own, got w.h5. Leave the option out.`)
    }
  })

  it('is the same from a Keras .h5 file as from its weights, at any size', async () => {
    const weights = filledKeras('mobilenetv2')
    const path = join(tempFolder(), 'mobilenetv2.h5')
    writeFileSync(path, await legacyKerasBytes(weights.layers))
    const architecture = architectures.get('mobilenetv2')
    if (!architecture) throw new Error('Expected mobilenetv2 among the architectures')
    const expected = buildBackbone(architecture, weights, { size: 160 })
    const { name, identity, layer, size, input } = await resolveBackbone('mobilenetv2', { weights: path, size: 160, cache: tempFolder() })
    expect({ name, identity, layer, size, input }).toEqual({
      name: 'mobilenetv2',
      identity: expected.identity,
      layer: 'out_relu',
      size: 160,
      input: { order: 'rgb', mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
    })
  })
})
