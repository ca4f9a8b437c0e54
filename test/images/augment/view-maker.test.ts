import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/random.js'
import { parseAugment } from '../../../src/images/augment/parse-augment.js'
import { ViewMaker } from '../../../src/images/augment/view-maker.js'
import type { RgbImage } from '../../../src/images/pixels.js'
import { type InputRules, Resampler } from '../../../src/images/resampler.js'
import { createKernels } from '../../../src/kernels/kernels.js'
import { hashOf } from '../../helpers/code-identity.js'

const resampler = new Resampler(createKernels())
const maker = new ViewMaker(resampler)
const rules: InputRules = { mean: [0, 0, 0], scale: [1, 1, 1], order: 'rgb', layout: 'nhwc' }
const nothing = { steps: [], text: '' }

function noise(width: number, height: number): RgbImage {
  const random = seededRandom(1)
  return { pixels: Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256)), width, height }
}

function view(image: RgbImage, augment: string, more: Partial<InputRules> = {}, size = 8): Float32Array {
  const augmentation = augment === '' ? nothing : parseAugment(augment)
  const out = new Float32Array(3 * size * size)
  const request = { view: { augmentation, seed: 0, view: 1 }, image: hashOf('a'), size, rules: { ...rules, ...more } }
  maker.viewInto(image, request, out, 0)
  return out
}

function plain(image: RgbImage, more: Partial<InputRules> = {}, size = 8): Float32Array {
  const out = new Float32Array(3 * size * size)
  resampler.resizeInto(image, size, { ...rules, ...more }, out, 0)
  return out
}

const farthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? Number.NaN))), 0)

describe('a view to which nothing happens', () => {
  it.each([
    [{}, 8, 8, 0],
    [{}, 40, 21, 0],
    [{ resize: 'crop:8' }, 16, 16, 0],
    // Enlarged, Pillow rounds to whole numbers after each pass.
    [{}, 5, 6, 1],
    [{ resize: 'pad' }, 16, 8, 0],
    [{ mean: [1, 2, 3], scale: [4, 5, 6], order: 'bgr', layout: 'nchw' }, 30, 20, 1e-5],
    [{ mean: [1, 2, 3], scale: [4, 5, 6], order: 'bgr', layout: 'nhwc' }, 30, 20, 1e-5],
  ] as const)('is the plain image: %j of %d × %d', (more, width, height, tolerance) => {
    const image = noise(width, height)
    expect(farthest(view(image, '', more), plain(image, more))).toBeLessThanOrEqual(tolerance)
  })
})

describe('viewInto', () => {
  it('mirrors exactly, also what is made smaller', () => {
    const image = noise(40, 30)
    const mirrored = Float32Array.from({ length: 192 }, (_, at) => {
      const [y, x, channel] = [Math.floor(at / 24), Math.floor(at / 3) % 8, at % 3]
      return plain(image)[(y * 8 + 7 - x) * 3 + channel] ?? Number.NaN
    })
    expect(farthest(view(image, 'flip@1'), mirrored)).toBe(0)
  })

  it('does not alias what is made smaller: stripes of one pixel become grey', () => {
    const pixels = Uint8Array.from({ length: 64 * 64 * 3 }, (_, at) => (Math.floor(at / 3) % 2) * 254)
    const colours = view({ pixels, width: 64, height: 64 }, 'rotate:20')
    const middle = colours.subarray(3 * (8 * 4 + 4), 3 * (8 * 4 + 5))
    for (const value of middle) expect(Math.abs(value - 127)).toBeLessThan(8)
  })

  it('stays within the numbers of pixels', () => {
    const colours = view(noise(20, 30), 'flip,vflip,rotate:90,shift:0.5,zoom:0.2,brightness:1,crop:0.08-1,lighting:0.9')
    expect(colours.every((value) => value >= 0 && value <= 255)).toBe(true)
    expect(colours.some((value) => value > 1)).toBe(true)
  })

  it('refuses an output that is too small', () => {
    const request = { view: { augmentation: nothing, seed: 0, view: 1 }, image: hashOf('a'), size: 8, rules }
    expect(() => maker.viewInto(noise(9, 9), request, new Float32Array(191), 0)).toThrow(
      'Expected room for floats 0 to 192, got 191 floats.',
    )
  })
})
