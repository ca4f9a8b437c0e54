import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../src/images/decode.js'
import type { Normalisation } from '../../src/images/pixels.js'
import { Resampler } from '../../src/images/resampler.js'
import type { ResizeRule } from '../../src/images/resize-rule.js'
import { createKernels } from '../../src/kernels/kernels.js'

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
/** Where all reference images lie, in images/ and preprocessed/, of which the fixtures are some: without, that test is skipped. */
const reference = process.env.REFERENCE_IMAGES

const resampler = new Resampler(createKernels())
const asStored: Normalisation = { mean: [0, 0, 0], scale: [1, 1, 1], order: 'rgb', layout: 'nhwc' }

/** The rules by the references' file names. */
const rules: Readonly<Record<string, ResizeRule>> = {
  'pil-bilinear-224': 'squish',
  'keras-nearest-224': 'keras-nearest',
  'tf-bilinear-224': 'tf-bilinear',
  'resize256-crop224': 'crop:256',
}

/** How many bytes differ from what another library made of the image; values between whole levels are rounded as it did. */
async function differences(folder: string, file: string): Promise<number> {
  const [name = '', kind = ''] = file.split('.')
  const bytes = await readFile(join(folder, 'images', name.replace(/_(?=[^_]*$)/, '.')))
  const expected = await sharp(join(folder, 'preprocessed', file))
    .raw()
    .toBuffer()
  const found = new Float32Array(expected.length)
  resampler.resizeInto(await decodeImage(bytes, { exif: false, alpha: 'drop' }), 224, { ...asStored, resize: rules[kind] }, found, 0)
  return found.filter((value, i) => roundHalfEven(value) !== expected[i]).length
}

const roundHalfEven = (value: number) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value))

describe('decode and resize equal Pillow, Keras, TensorFlow and torchvision, byte for byte', () => {
  it.each(readdirSync(join(fixtures, 'preprocessed')))('%s', async (file) => {
    expect(await differences(fixtures, file)).toBe(0)
  })

  it.skipIf(!reference)('for all reference images (of the folder REFERENCE_IMAGES)', async () => {
    const files = readdirSync(join(reference ?? '', 'preprocessed'))
    expect(files).toHaveLength(56)
    for (const file of files) expect(await differences(reference ?? '', file), file).toBe(0)
  })
})
