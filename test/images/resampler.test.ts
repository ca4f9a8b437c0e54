import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import type { Normalisation, RgbImage } from '../../src/images/pixels.js'
import { normalisePlain, resamplePlain } from '../../src/images/resample-plain.js'
import { Resampler } from '../../src/images/resampler.js'
import { createKernels } from '../../src/kernels/kernels.js'

const resampler = new Resampler(createKernels())
const unit: Normalisation = { mean: [0, 0, 0], scale: [1, 1, 1], order: 'rgb', layout: 'nchw' }

/** Random bytes, with runs of 0 and 255 so that rounding at the ends shows. */
function randomImage(width: number, height: number, seed = width * 10_007 + height): RgbImage {
  const random = seededRandom(seed)
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => Math.min(Math.max(random() * 400 - 72, 0), 255))
  return { pixels, width, height }
}

describe('Resampler refuses', () => {
  const image = randomImage(4, 3)
  it.each([
    ['too few pixels', { ...image, pixels: new Uint8Array(35) }, 2, 'Expected 36 bytes of pixels for 4 × 3, got 35.'],
    ['no width', { pixels: new Uint8Array(0), width: 0, height: 3 }, 2, 'Expected width and height to be whole numbers from 1, got 0 × 3.'],
    ['half a pixel', image, 2.5, 'Expected the target size to be whole numbers from 1, got 2.5 × 2.5.'],
    ['a target of nothing', image, { width: 3, height: 0 }, 'Expected the target size to be whole numbers from 1, got 3 × 0.'],
  ])('%s', (_, bad, size, message) => {
    expect(() => resampler.resize(bad, size)).toThrow(message)
    expect(() => resampler.resizeInto(bad, size, unit, new Float32Array(100), 0)).toThrow(message)
    expect(() => resamplePlain(bad, size)).toThrow(message)
  })

  it.each([
    [11, 0, 'Expected room for floats 0 to 12, got 11 floats.'],
    [20, 9, 'Expected room for floats 9 to 21, got 20 floats.'],
    [20, -1, 'Expected room for floats -1 to 11, got 20 floats.'],
  ])('an output of %d floats from %d on', (length, offset, message) => {
    expect(() => resampler.resizeInto(image, 2, unit, new Float32Array(length), offset)).toThrow(message)
    expect(() => normalisePlain(image.pixels, { width: 2, height: 2 }, unit, new Float32Array(length), offset)).toThrow(message)
  })
})

describe('wasm equals plain, byte for byte', () => {
  it.each([
    [1, 1, 1, 1],
    [1, 1, 7, 5],
    [9, 11, 1, 1],
    [3, 2, 224, 224],
    [398, 164, 224, 224],
    [120, 500, 224, 224],
    [224, 224, 224, 224],
    [224, 100, 224, 224],
    [64, 48, 17, 33],
    [5000, 3, 5, 4],
    [3, 5000, 4, 5],
    [1500, 900, 224, 224],
  ])('%d × %d to %d × %d', (width, height, toWidth, toHeight) => {
    const size = { width: toWidth, height: toHeight }
    const image = randomImage(width, height)
    expect(Buffer.compare(resampler.resize(image, size), resamplePlain(image, size))).toBe(0)
  })

  it('at 200 random sizes (more than the tables kept)', () => {
    const random = seededRandom(1)
    const side = () => 1 + Math.floor(random() ** 2 * 150)
    for (let round = 0; round < 200; round++) {
      const image = randomImage(side(), side(), round)
      const size = { width: side(), height: side() }
      expect(
        Buffer.compare(resampler.resize(image, size), resamplePlain(image, size)),
        JSON.stringify({ ...image, pixels: [], size }),
      ).toBe(0)
    }
  })

  it('leaves nothing of a large image in a small one', () => {
    const [large, small] = [randomImage(700, 500), randomImage(5, 3)]
    const first = new Resampler(createKernels()).resize(small, 30)
    resampler.resize(large, 300)
    expect(resampler.resize(small, 30)).toEqual(first)
  })
})

describe('resampling', () => {
  it('keeps a flat colour and copies at the same size', () => {
    const flat = { pixels: new Uint8Array(31 * 17 * 3).fill(255), width: 31, height: 17 }
    expect(resampler.resize(flat, 40).every((value) => value === 255)).toBe(true)
    const image = randomImage(23, 19)
    expect(resampler.resize(image, image)).toEqual(image.pixels)
  })

  // Pillow 13: Image.fromarray(row).resize((width, 1), BILINEAR)
  it.each([
    [[0, 100, 200, 255], 2, [71, 209]],
    [[0, 255], 4, [0, 64, 191, 255]],
    [[10, 20, 40], 1, [23]],
  ])('%j to %d pixels is %j', (row, width, expected) => {
    const pixels = Uint8Array.from(row.flatMap((value) => [value, value, value]))
    const found = resampler.resize({ pixels, width: row.length, height: 1 }, { width, height: 1 })
    expect(Array.from(found)).toEqual(expected.flatMap((value) => [value, value, value]))
  })
})

describe('resizeInto', () => {
  const mean = [123.675, 116.28, 103.53] as const
  const scale = [58.395, 57.12, 57.375] as const
  const cases = (['rgb', 'bgr'] as const).flatMap((order) => (['nchw', 'nhwc'] as const).map((layout) => ({ order, layout })))

  it.each(cases)('$order $layout equals the plain twin at every width', ({ order, layout }) => {
    const normalise: Normalisation = { mean, scale, order, layout }
    for (const width of [1, 2, 3, 4, 5, 7, 8, 30]) {
      const size = { width, height: 3 }
      const image = randomImage(13, 9)
      const [found, expected] = [new Float32Array(300).fill(-1), new Float32Array(300).fill(-1)]
      resampler.resizeInto(image, size, normalise, found, 11)
      normalisePlain(resamplePlain(image, size), size, normalise, expected, 11)
      expect(found).toEqual(expected)
    }
  })

  it.each([
    ['rgb', 'nchw', [1, 2, 20, 40, 300, 600]],
    ['bgr', 'nchw', [300, 600, 20, 40, 1, 2]],
    ['rgb', 'nhwc', [1, 20, 300, 2, 40, 600]],
    ['bgr', 'nhwc', [300, 20, 1, 600, 40, 2]],
  ] as const)('%s %s: mean and scale go with their colour', (order, layout, expected) => {
    const image = { pixels: Uint8Array.of(11, 22, 33, 12, 24, 36), width: 2, height: 1 }
    const out = new Float32Array(6)
    resampler.resizeInto(image, image, { mean: [10, 20, 30], scale: [1, 0.1, 0.01], order, layout }, out, 0)
    expect(Array.from(out, (value) => Math.round(value))).toEqual(expected)
  })
})
