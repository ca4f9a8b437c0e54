import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { BadImage } from '../../src/images/bad-image.js'
import { configureSharp, type DecodeOptions, decodeImage } from '../../src/images/decode.js'

configureSharp()

const plain: DecodeOptions = { exif: false, alpha: 'drop' }
const fixture = (name: string) => readFile(new URL(`../fixtures/images/${name}`, import.meta.url))
const faceBytes = await fixture('face.jpg')
const face = await decodeImage(faceBytes, plain)
const faceRaw = () => sharp(face.pixels, { raw: { width: face.width, height: face.height, channels: 3 } })

/** The face with its left half transparent, the colours left as they are. */
function halfTransparent() {
  const alpha = Buffer.alloc(face.width * face.height, 255)
  for (let y = 0; y < face.height; y++) alpha.fill(0, y * face.width, y * face.width + face.width / 2)
  return faceRaw().joinChannel(alpha, { raw: { width: face.width, height: face.height, channels: 1 } })
}

async function rejection(bytes: Buffer, options: DecodeOptions = plain): Promise<BadImage> {
  const error = await decodeImage(bytes, options).catch((caught: unknown) => caught)
  if (!(error instanceof BadImage)) throw new Error(`expected a BadImage, got ${String(error)}`)
  return error
}

describe('decodeImage refuses', () => {
  it.each([
    ['bad-empty.jpg', 'empty', 'The file is empty.'],
    ['bad-text.jpg', 'format', 'Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.'],
    ['bad-header-only.jpg', 'truncated', 'The JPEG file is cut off: its end is missing.'],
    ['bad-truncated.jpg', 'truncated', 'The JPEG file is cut off: its end is missing.'],
  ])('%s', async (name, code, message) => {
    const error = await rejection(await fixture(name))
    expect(error).toMatchObject({ name: 'BadImage', code, message })
    expect(error.cause).toBeUndefined()
  })

  it('what sharp could open but nobody asked for', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    expect(await rejection(svg)).toMatchObject({
      code: 'format',
      message: 'Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found an SVG drawing.',
    })
  })

  it('too many pixels, before decoding them', async () => {
    const error = await rejection(faceBytes, { ...plain, pixelLimit: 492 * 325 - 1 })
    expect(error).toMatchObject({
      code: 'too-large',
      message: 'The JPEG file has more than 159899 pixels. --pixel-limit sets another limit.',
    })
    expect(await decodeImage(faceBytes, { ...plain, pixelLimit: 492 * 325 })).toMatchObject({ width: 492, height: 325 })
  })

  it('sides beyond 65,535 pixels', async () => {
    const long = await sharp({ create: { width: 65_536, height: 1, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    expect(await rejection(long)).toMatchObject({ code: 'too-large', message: 'Expected sides of at most 65535 pixels, got 65536 × 1.' })
  })

  it('damage that the JPEG library only warns about', async () => {
    const damaged = Buffer.from(faceBytes)
    damaged.writeUInt8(damaged.readUInt8(21_741) ^ 8, 21_741)
    const message = 'The JPEG file is damaged: it cannot be decoded.'
    expect(await rejection(damaged)).toMatchObject({ code: 'decode', message })
  })

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const)('a cut %s, unless its pixels are whole', async (format) => {
    const bytes = await faceRaw().resize(120).toFormat(format).toBuffer()
    const whole = await decodeImage(bytes, plain)
    for (const part of [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1 - 2 / bytes.length]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part))
      const found = await decodeImage(cut, plain).catch((error: unknown) => error)
      if (found instanceof BadImage) expect(['truncated', 'decode', 'format']).toContain(found.code)
      else expect(found).toEqual(whole)
      if (part < 0.95) expect(found).toBeInstanceOf(BadImage)
    }
  })
})

describe('decodeImage', () => {
  it('gives RGB at full size', () => {
    expect(face).toMatchObject({ width: 492, height: 325 })
    expect(face.pixels.length).toBe(492 * 325 * 3)
  })

  it('turns by the EXIF orientation, unless asked not to', async () => {
    const bytes = await fixture('face-exif6.jpg')
    const lying = await decodeImage(bytes, plain)
    const upright = await decodeImage(bytes, { ...plain, exif: true })
    expect([lying.width, lying.height, upright.width, upright.height]).toEqual([492, 325, 325, 492])
    // Orientation 6: shown after a quarter turn clockwise, so the stored lower left corner is the upper left one.
    const corner = (lying.height - 1) * lying.width * 3
    expect(upright.pixels.subarray(0, 3)).toEqual(lying.pixels.subarray(corner, corner + 3))
    expect(upright.pixels).not.toEqual(lying.pixels)
  })

  it('drops alpha or composes on white', async () => {
    const bytes = await halfTransparent().png().toBuffer()
    expect((await decodeImage(bytes, plain)).pixels.equals(face.pixels)).toBe(true)
    const { pixels } = await decodeImage(bytes, { ...plain, alpha: 'white' })
    const half = (face.width / 2) * 3
    expect(pixels.subarray(0, half).every((value) => value === 255)).toBe(true)
    expect(pixels.subarray(half, 2 * half).equals(face.pixels.subarray(half, 2 * half))).toBe(true)
  })

  it.each([
    ['a PNG', () => faceRaw().png()],
    ['an interlaced PNG', () => faceRaw().png({ progressive: true })],
    ['a TIFF', () => faceRaw().tiff({ compression: 'lzw' })],
    ['a lossless WebP', () => faceRaw().webp({ lossless: true })],
    ['a 16-bit PNG', () => faceRaw().toColourspace('rgb16').png()],
  ])('reads %s to the pixels it was made of', async (_, make) => {
    const found = await decodeImage(await make().toBuffer(), { exif: true, alpha: 'white' })
    expect(found.pixels.equals(face.pixels)).toBe(true)
  })

  it('takes the numbers as stored, whatever colour profile comes with them', async () => {
    const [tagged, bare] = await Promise.all([true, false].map((attach) => faceRaw().withIccProfile('p3', { attach }).png().toBuffer()))
    if (!tagged || !bare) throw new Error('no PNG')
    expect((await sharp(tagged).metadata()).icc).toBeDefined()
    expect((await sharp(bare).metadata()).icc).toBeUndefined()
    const found = await decodeImage(tagged, plain)
    expect(found.pixels.equals((await decodeImage(bare, plain)).pixels)).toBe(true)
    expect(found.pixels.equals(face.pixels)).toBe(false)
  })

  it('takes the first frame of an animation', async () => {
    const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 200), Buffer.alloc(8 * 8 * 3, 50)])
    const gif = await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .gif()
      .toBuffer()
    const { pixels, width, height } = await decodeImage(gif, plain)
    expect([width, height, pixels[0]]).toEqual([8, 8, 200])
  })

  it('converts a CMYK TIFF by plain arithmetic', async () => {
    const bytes = cmykTiff([0, 0, 0, 0, 255, 0, 0, 0, 0, 128, 255, 0, 10, 20, 30, 40])
    // (255 − K)(255 − ink) / 255, as Pillow's convert("RGB")
    expect([...(await decodeImage(bytes, plain)).pixels]).toEqual([255, 255, 255, 0, 255, 255, 255, 127, 0, 207, 198, 190])
  })
})

/** An uncompressed TIFF of one row of CMYK pixels. */
function cmykTiff(inks: readonly number[]): Buffer {
  const data = 8
  const directory = data + inks.length
  const [short, long] = [3, 4]
  // biome-ignore format: one tag a line
  const entries = [
    [256, long, inks.length / 4], [257, long, 1], [258, short, 8], [259, short, 1], [262, short, 5],
    [273, long, data], [277, short, 4], [278, long, 1], [279, long, inks.length],
  ]
  const fields = entries.flatMap(([tag = 0, type = 0, value = 0]) => [tag, type, 1, 0, value & 0xffff, value >>> 16])
  const tail = Buffer.from(Uint16Array.of(entries.length, ...fields, 0, 0).buffer)
  return Buffer.concat([Buffer.from('II*\0', 'latin1'), Buffer.from([directory, 0, 0, 0]), Buffer.from(inks), tail])
}
