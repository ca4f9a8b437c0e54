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

/** The rules by the references' file names, and the mean error allowed, of 255: TensorFlow's values lie near a half here and there. */
const rules: Readonly<Record<string, { readonly rule: ResizeRule; readonly error: number }>> = {
  'pil-bilinear-224': { rule: 'squish', error: 0 },
  'keras-nearest-224': { rule: 'keras-nearest', error: 0 },
  'resize256-crop224': { rule: 'crop:256', error: 0 },
  'tf-bilinear-224': { rule: 'tf-bilinear', error: 0.001 },
}

/** Mean and largest difference from what another library made of the image, both rounded to whole levels. */
async function compare(folder: string, file: string): Promise<{ mean: number; most: number; allowed: number }> {
  const [name = '', kind = ''] = file.split('.')
  const { rule, error } = rules[kind] ?? { rule: 'squish', error: 0 }
  const bytes = await readFile(join(folder, 'images', name.replace(/_(?=[^_]*$)/, '.')))
  const expected = await sharp(join(folder, 'preprocessed', file))
    .raw()
    .toBuffer()
  const found = new Float32Array(expected.length)
  resampler.resizeInto(await decodeImage(bytes, { exif: false, alpha: 'drop' }), 224, { ...asStored, resize: rule }, found, 0)
  const differences = found.map((value, i) => Math.abs(roundHalfEven(value) - (expected[i] ?? 0)))
  const most = differences.reduce((largest, difference) => Math.max(largest, difference))
  return { mean: differences.reduce((sum, difference) => sum + difference) / found.length, most, allowed: error }
}

const roundHalfEven = (value: number) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value))

describe('decode and resize equal Pillow, Keras, TensorFlow and torchvision', () => {
  it.each(readdirSync(join(fixtures, 'preprocessed')))('%s', async (file) => {
    const { mean, most, allowed } = await compare(fixtures, file)
    expect(mean).toBeLessThanOrEqual(allowed)
    expect(most).toBeLessThanOrEqual(1)
  })

  it.skipIf(!reference)('for all reference images (of the folder REFERENCE_IMAGES)', async () => {
    const files = readdirSync(join(reference ?? '', 'preprocessed'))
    expect(files).toHaveLength(56)
    for (const file of files) {
      const { mean, most, allowed } = await compare(reference ?? '', file)
      expect(mean, file).toBeLessThanOrEqual(allowed)
      expect(most, file).toBeLessThanOrEqual(1)
    }
  })
})
