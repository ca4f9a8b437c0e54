import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../src/images/decode.js'
import { Resampler } from '../../src/images/resampler.js'
import { createKernels } from '../../src/kernels/kernels.js'

const fixtures = new URL('../fixtures/', import.meta.url)
const resampler = new Resampler(createKernels())

/** What Pillow makes of the file: uint8 [224, 224, 3]. */
async function pillow(name: string): Promise<Buffer> {
  const png = await readFile(new URL(`preprocessed/${name.replace('.', '_')}.pil-bilinear-224.png`, fixtures))
  return sharp(png).raw().toBuffer()
}

describe('decode and resize equal Pillow exactly', () => {
  it.each([
    'airplane.jpg',
    'face.jpg',
    'leopard.jpg',
    'yin.jpg',
    'tiny-3x2.png',
    'face-16bit.png',
    'face-cmyk.jpg',
    'face-exif6.jpg',
    'face-palette.png',
    'face.gif',
    'face.webp',
  ])('%s', async (name) => {
    const bytes = await readFile(new URL(`images/${name}`, fixtures))
    const found = resampler.resize(await decodeImage(bytes, { exif: false, alpha: 'drop' }), 224)
    expect(Buffer.compare(found, await pillow(name))).toBe(0)
  })
})
