import { readdirSync, readFileSync } from 'node:fs'
import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { configureSharp, type DecodedImage, type DecodeOptions, decodeImage } from '../../src/images/decode.js'

configureSharp()

/** What Pillow makes of a file: as stored and alpha dropped, composed on white, turned by EXIF; ids of pixels. */
type How = 'drop' | 'white' | 'upright'
type Expected = {
  readonly images: Readonly<Record<string, Readonly<Partial<Record<How, string>>>>>
  readonly pixels: Readonly<Record<string, { readonly width: number; readonly height: number; readonly rgb: string }>>
}

const folder = new URL('../fixtures/formats/', import.meta.url)
const { images, pixels }: Expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'))
const names = readdirSync(new URL('images/', folder)).sort()
const read = (name: string) => readFileSync(new URL(`images/${name}`, folder))

const options: Readonly<Record<How, DecodeOptions>> = {
  drop: { exif: false, alpha: 'drop' },
  white: { exif: false, alpha: 'white' },
  upright: { exif: true, alpha: 'drop' },
}

function expectedOf(name: string, how: How): DecodedImage | undefined {
  const found = pixels[images[name]?.[how] ?? '']
  return found && { width: found.width, height: found.height, pixels: inflateSync(Buffer.from(found.rgb, 'base64')) }
}

/** How far a decoded image is from an expected one of the same size: the largest and mean difference of channels, the largest of luma. */
function distance(found: DecodedImage, expected: DecodedImage) {
  expect([found.width, found.height, found.pixels.length]).toEqual([expected.width, expected.height, expected.pixels.length])
  const off = Array.from(found.pixels, (value, at) => value - (expected.pixels[at] ?? 0))
  const luma = off.flatMap((red, at) => (at % 3 === 0 ? 0.299 * red + 0.587 * (off[at + 1] ?? 0) + 0.114 * (off[at + 2] ?? 0) : []))
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return { max: largest(off), mean: off.reduce((sum, value) => sum + Math.abs(value), 0) / off.length, luma: largest(luma) }
}

const decoded = async (name: string, how: How) => decodeImage(read(name), options[how])

/** YCbCr TIFFs are refused because libvips takes their numbers for RGB; its libtiff has no zstd. */
const refused = ['lzw-ycbcr.tif', 'zstd.tif']
const others = names.filter((name) => !name.endsWith('.avif') && !refused.includes(name))
const avif = names.filter((name) => name.endsWith('.avif'))

it('every file has an expectation', () => {
  expect(names).toEqual(Object.keys(images).sort())
})

describe("decodeImage equals Pillow's convert('RGB')", () => {
  it.each(others)('%s', async (name) => {
    for (const how of ['drop', 'upright'] as const) {
      const expected = expectedOf(name, how)
      if (expected) expect((await decoded(name, how)).pixels.equals(expected.pixels)).toBe(true)
    }
  })

  it.each(others.filter((name) => !images[name]?.white))('%s, which has no alpha, on white too', async (name) => {
    const [white, drop] = [await decoded(name, 'white'), await decoded(name, 'drop')]
    expect(white.pixels.equals(drop.pixels)).toBe(true)
  })

  // libvips cuts the fraction off where the expectation is rounded; of 16 bits it composes before the low byte is dropped.
  it.each(others.filter((name) => images[name]?.white))('%s on white, within 1 of 255 (16 bits: 2)', async (name) => {
    const expected = expectedOf(name, 'white')
    if (expected) expect(distance(await decoded(name, 'white'), expected).max).toBeLessThanOrEqual(name.includes('16-bit') ? 2 : 1)
  })
})

// libheif and Pillow's libavif round differently, and libheif turns an image always, Pillow only when it is asked.
describe("decodeImage is close to Pillow's convert('RGB')", () => {
  // Of fewer chroma samples than luma samples libheif repeats each, libavif interpolates: the luma agrees.
  const subsampled = avif.filter((name) => /^(lossy|lossy-422|narrow-range|animated|1x1|line|column)\.avif$/.test(name))

  it.each(avif.filter((name) => !subsampled.includes(name)))('%s, within 1 of 255', async (name) => {
    const turned = expectedOf(name, 'upright') ?? expectedOf(name, 'drop')
    const composed = expectedOf(name, 'white')
    for (const how of ['drop', 'upright'] as const) {
      if (turned) expect(distance(await decoded(name, how), turned).max).toBeLessThanOrEqual(1)
    }
    if (composed) expect(distance(await decoded(name, 'white'), composed).max).toBeLessThanOrEqual(2)
  })

  it.each(subsampled)('%s, its luma within 1.5 of 255, its colours within 6 on average', async (name) => {
    const expected = expectedOf(name, 'drop')
    if (!expected) throw new Error('no expectation')
    const { luma, mean } = distance(await decoded(name, 'drop'), expected)
    expect(luma).toBeLessThanOrEqual(1.5)
    expect(mean).toBeLessThanOrEqual(6)
  })
})

describe('decodeImage refuses what libvips would get wrong or does not know', () => {
  it.each(refused)('%s', async (name) => {
    await expect(decoded(name, 'drop')).rejects.toMatchObject({
      code: 'decode',
      message: 'The TIFF file is damaged, or of a kind that is not read: it cannot be decoded.',
    })
  })
})

describe('a GIF', () => {
  const gif = read('inside-transparent.gif')
  it.each([1, 3, 5, 7, 20])('cut within its headers is refused, %i bytes more each time', async (step) => {
    for (let end = 6; end < gif.length / 2; end += step) {
      await expect(decodeImage(gif.subarray(0, end), options.drop)).rejects.toMatchObject({ name: 'BadImage' })
    }
  })
})
