import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { resolveBackbone } from '../../src/backbones/resolve-backbone.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { codeIdentity, preprocessingOf } from '../../src/extract/code-identity.js'
import { extractCodes, extractSeveral } from '../../src/extract/extract-codes.js'
import { node } from '../../src/graph/graph.js'
import type { RgbImage } from '../../src/images/pixels.js'
import { resamplePlain } from '../../src/images/resample-plain.js'
import { tfBilinearPlain } from '../../src/images/tf-bilinear-plain.js'
import { noisePng, put } from '../helpers/image-folder.js'
import { codesByPath } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { graphOf, modelFile } from '../helpers/tiny-graph.js'

/** A network whose codes are its input, 8 × 8 pixels. */
const model = modelFile(graphOf([node('Relu', 'y', ['image'])], {}))
const rules = ['squish', 'keras-nearest', 'tf-bilinear', 'crop:9', 'pad'] as const

/** A data set of one image that is wider than high. */
async function oneImage(): Promise<{ data: string; image: RgbImage }> {
  const data = tempFolder()
  const wide = await sharp(await noisePng(1))
    .extract({ left: 0, top: 2, width: 12, height: 7 })
    .png()
    .toBuffer()
  put(data, 'a/wide.png', wide)
  const { data: pixels, info } = await sharp(await readFile(join(data, 'a/wide.png')))
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, image: { pixels, width: info.width, height: info.height } }
}

describe('the fingerprint', () => {
  const fingerprint = async (options: Parameters<typeof preprocessingOf>[1]) => {
    const backbone = await resolveBackbone('efficientnet-lite0', {})
    return fingerprintOf(codeIdentity(backbone, preprocessingOf(backbone, options)))
  }

  it('is what it was before there were rules, where none is asked for', async () => {
    const before = 'f283b75a854f0e1c2cfc0f2919d027a57c671eda38156246ad730ece5f11c76a'
    expect(await fingerprint({})).toBe(before)
    expect(await fingerprint({ resize: 'squish' })).toBe(before)
  })

  it('is another one for each rule, the N of a crop included', async () => {
    const all = ['squish', 'keras-nearest', 'tf-bilinear', 'pad', 'crop:224', 'crop:256'] as const
    expect(new Set(await Promise.all(all.map((resize) => fingerprint({ resize })))).size).toBe(6)
  })
})

describe('codes under several rules', () => {
  it('are each of the image as its rule has it, of one pass', async () => {
    const [{ data, image }, cache] = [await oneImage(), tempFolder()]
    const { runs } = await extractSeveral({ data, cache, models: [model], resizes: rules, dtype: 'float32', workers: 1 })
    expect(runs.map(({ resize, computed }) => [resize, computed])).toEqual(rules.map((rule) => [rule, 1]))
    for (const { resize, fingerprint } of runs) {
      const expected = resize === 'tf-bilinear' ? tfBilinearPlain(image, 8) : resamplePlain(image, 8, resize)
      expect(codesByPath(cache, fingerprint, data).get('a/wide.png'), resize).toEqual(Float32Array.from(expected))
    }
    const alone = await extractCodes({ data, cache, model, resize: 'pad', dtype: 'float32', workers: 1 })
    expect(alone).toMatchObject({ fingerprint: runs[4]?.fingerprint, resize: 'pad', computed: 0, cached: 1 })
  })

  it('are told apart by the fast stage', async () => {
    const [{ data }, cache] = [await oneImage(), tempFolder()]
    const { runs } = await extractSeveral({ data, cache, models: [model], resizes: ['crop:9', 'pad'], workers: 1 })
    const notes: string[] = []
    const open = (resize?: string) => {
      const set = openDataSet({ data, cache, resize, onNote: (text) => notes.push(text) })
      set.catalog.close()
      return [set.fingerprint.digest, set.name]
    }
    expect(open('crop:9')).toEqual([runs[0]?.fingerprint, `${basename(data)}-net.onnx-crop:9`])
    expect(open('pad')).toEqual([runs[1]?.fingerprint, `${basename(data)}-net.onnx-pad`])
    expect(notes).toEqual([])
    expect(open()).toEqual(open('pad'))
    expect(notes).toEqual([
      `Several kinds of codes fit; taken are the last: ${model}, layer y, size 8, float32, pad. Choose with --resize.`,
    ])
    const error = await userErrorOf(() => openDataSet({ data, cache, resize: 'squish' }))
    expect(error.message).toBe(
      `Expected codes for the images of ${data}, found none in ${cache} but those of ${model}, layer y, size 8, float32, crop:9; ${model}, layer y, size 8, float32, pad. Make them with: npm run codes -- --data ${data} --cache ${cache} --resize squish`,
    )
  })
})
