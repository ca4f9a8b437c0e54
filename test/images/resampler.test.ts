import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import type { PillowRule } from '../../src/images/fit-image.js'
import type { Normalisation, RgbImage } from '../../src/images/pixels.js'
import { normalisePlain, resamplePlain } from '../../src/images/resample-plain.js'
import { Resampler } from '../../src/images/resampler.js'
import { tfBilinearPlain } from '../../src/images/tf-bilinear-plain.js'
import { createKernels } from '../../src/kernels/kernels.js'

const resampler = new Resampler(createKernels())
const rules: readonly PillowRule[] = ['squish', 'keras-nearest', 'box', 'bicubic', 'pad', 'crop:224', 'crop:300']
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

  it('a crop that does not cover the target', () => {
    expect(() => resampler.resize(image, 225, 'crop:224')).toThrow('Expected crop:224 to cover 225 × 225 pixels.')
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
    for (const rule of rules) expect(Buffer.compare(resampler.resize(image, size, rule), resamplePlain(image, size, rule)), rule).toBe(0)
    const [found, expected] = [new Float32Array(3 * toWidth * toHeight), new Float32Array(3 * toWidth * toHeight)]
    resampler.resizeInto(image, size, { ...unit, resize: 'tf-bilinear' }, found, 0)
    normalisePlain(tfBilinearPlain(image, size), size, unit, expected, 0)
    expect(Buffer.compare(Buffer.from(found.buffer), Buffer.from(expected.buffer))).toBe(0)
  })

  it('at 200 random sizes (more than the tables kept)', () => {
    const random = seededRandom(1)
    const side = () => 1 + Math.floor(random() ** 2 * 150)
    for (let round = 0; round < 200; round++) {
      const image = randomImage(side(), side(), round)
      const size = { width: side(), height: side() }
      const rule = rules[round % rules.length]
      expect(
        Buffer.compare(resampler.resize(image, size, rule), resamplePlain(image, size, rule)),
        JSON.stringify({ ...image, pixels: [], size, rule }),
      ).toBe(0)
    }
  })

  it('leaves nothing of a large image in a small one', () => {
    const [large, small] = [randomImage(700, 500), randomImage(5, 3)]
    for (const rule of rules) {
      const first = new Resampler(createKernels()).resize(small, 30, rule)
      resampler.resize(large, 300)
      expect(resampler.resize(small, 30, rule)).toEqual(first)
    }
  })
})

describe('resampling', () => {
  it('keeps a flat colour and copies at the same size', () => {
    const flat = { pixels: new Uint8Array(31 * 17 * 3).fill(255), width: 31, height: 17 }
    expect(resampler.resize(flat, 40).every((value) => value === 255)).toBe(true)
    const image = randomImage(23, 19)
    for (const filter of ['nearest', 'box', 'bilinear', 'bicubic'] as const)
      expect(resampler.resize(image, image, filter)).toEqual(image.pixels)
  })

  it.each([
    ['wide', 8, 2, ['....', '....', 'xxxx', '....']],
    ['tall', 2, 8, ['..x.', '..x.', '..x.', '..x.']],
    ['square', 9, 9, ['xxxx', 'xxxx', 'xxxx', 'xxxx']],
    ['far too wide', 900, 1, ['....', '....', 'xxxx', '....']],
  ])('pads a %s image with black, the image in the middle', (_, width, height, expected) => {
    const white = { pixels: new Uint8Array(width * height * 3).fill(255), width, height }
    const found = Array.from(resampler.resize(white, 4, 'pad'))
    expect(found).toEqual(expected.flatMap((row) => [...row].flatMap((pixel) => Array(3).fill(pixel === 'x' ? 255 : 0))))
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
      resampler.resizeInto(image, size, { ...normalise, resize: 'tf-bilinear' }, found, 11)
      normalisePlain(tfBilinearPlain(image, size), size, normalise, expected, 11)
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
