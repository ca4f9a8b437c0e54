import { readdirSync, readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { configureSharp, type DecodedImage, type DecodeOptions } from '../../src/images/decode.js'
import { ImageDecoder } from '../../src/images/image-decoder.js'
import { jpegSegments } from '../../src/images/jpeg-segments.js'
import type { DecoderName } from '../../src/images/preprocessing.js'
import { exifSegment, exifTiff, orientationTag, segment } from '../helpers/jpeg-parts.js'

configureSharp()

/** All fixtures by name; of formats/ no JPEG is too fine for the fast decoder. */
const files = new Map([...read('formats/images/').map(([name, bytes]) => [name, coarsened(bytes)] as const), ...read('images/')])
const usual: DecodeOptions = { exif: true, alpha: 'white' }
const fileOf = (name: string) => files.get(name) ?? Buffer.alloc(0)
const decode = (bytes: Buffer, decoder: DecoderName, options: DecodeOptions = usual) =>
  new ImageDecoder({ ...options, decoder }).decode(bytes)

function read(path: string): (readonly [string, Buffer])[] {
  const folder = new URL(`../fixtures/${path}`, import.meta.url)
  return readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder))])
}

/** The same JPEG with quantisation steps of at least 4, the finest that the fast decoder takes. */
function coarsened(bytes: Buffer): Buffer {
  const steps = [...jpegSegments(bytes)].flatMap(({ marker, start, end }) => (marker === 0xdb ? [bytes.subarray(start, end)] : []))
  for (const table of steps)
    for (let at = 0; at < table.length; at++) if (at % 65 > 0) table.writeUInt8(Math.max(table.readUInt8(at), 4), at)
  return bytes
}

/** What libjpeg-turbo takes comes at once. */
const isTaken = (bytes: Buffer, options?: DecodeOptions) => !(decode(bytes, 'fast', options) instanceof Promise)

/** An image, or why there is none. */
const outcome = async (bytes: Buffer, decoder: DecoderName, options?: DecodeOptions): Promise<unknown> => {
  try {
    return await decode(bytes, decoder, options)
  } catch (error) {
    return error
  }
}

/** Largest difference between two images of one size, of 255. */
function distance(found: DecodedImage, expected: DecodedImage): number {
  expect([found.width, found.height, found.pixels.length]).toEqual([expected.width, expected.height, expected.pixels.length])
  return found.pixels.reduce((most, value, at) => Math.max(most, Math.abs(value - (expected.pixels[at] ?? 0))), 0)
}

const good = [...files.keys()].filter((name) => !/^bad-|\.md$/.test(name))
const turned = ['face-exif6.jpg', ...[2, 3, 4, 5, 6, 7, 8].map((value) => `exif-${value}.jpg`)]
const jpegs = good.filter((name) => name.endsWith('.jpg'))
const taken = jpegs.filter((name) => !/cmyk|ycck/.test(name) && !turned.includes(name))

/** rgb.jpg with something put behind its first two bytes, or behind its frame header. */
function withInserted(part: Uint8Array, behind: 'start' | 'frame' = 'start'): Buffer {
  const bytes = fileOf('rgb.jpg')
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]))
  const at = behind === 'start' ? 2 : frame + 2 + bytes.readUInt16BE(frame + 2)
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)])
}

describe('the fast decoder', () => {
  // Measured: 4 at most.
  it.each(taken)('is within 5 of 255 of the exact one: %s', async (name) => {
    const bytes = fileOf(name)
    expect(isTaken(bytes)).toBe(true)
    expect(distance(await decode(bytes, 'fast'), await decode(bytes, 'exact'))).toBeLessThanOrEqual(5)
  })

  it('is another decoder: not every pixel is that of the exact one', async () => {
    expect(distance(await decode(fileOf('airplane.jpg'), 'fast'), await decode(fileOf('airplane.jpg'), 'exact'))).toBeGreaterThan(0)
  })

  it.each(taken.filter((name) => /grey|yin/.test(name)))('gives three equal channels of grey: %s', async (name) => {
    const { pixels } = await decode(fileOf(name), 'fast')
    expect(pixels.every((value, at) => value === pixels[at - (at % 3)])).toBe(true)
  })

  it.each(turned.filter((name) => name !== 'face-exif6.jpg'))('takes %s where it is not to be turned', async (name) => {
    const stored: DecodeOptions = { ...usual, exif: false }
    expect([isTaken(fileOf(name)), isTaken(fileOf(name), stored)]).toEqual([false, true])
    expect(distance(await decode(fileOf(name), 'fast', stored), await decode(fileOf(name), 'exact', stored))).toBeLessThanOrEqual(5)
  })

  it.each([75, 80, 82, 85, 90, 95, 100])('is so for photographs of quality %i, or does not take them', async (quality) => {
    const bytes = await sharp(fileOf('sunflower.jpg')).jpeg({ quality }).toBuffer()
    expect(isTaken(bytes)).toBe(quality <= 82)
    expect(distance(await decode(bytes, 'fast'), await decode(bytes, 'exact'))).toBeLessThanOrEqual(5)
  })

  it('decodes image after image into the same memory', async () => {
    const decoder = new ImageDecoder({ ...usual, decoder: 'fast' })
    for (const name of ['sunflower.jpg', 'rgb.jpg', 'face.jpg', 'grey.jpg', '1x1.jpg', 'face.jpg']) {
      expect(distance(await decoder.decode(fileOf(name)), await decode(fileOf(name), 'exact')), name).toBeLessThanOrEqual(5)
    }
  })

  it('does not keep the memory of a large image', async () => {
    const large = await sharp({ create: { width: 4730, height: 4730, channels: 3, background: '#102030' } })
      .jpeg()
      .toBuffer()
    const decoder = new ImageDecoder({ ...usual, decoder: 'fast' })
    const { pixels } = await decoder.decode(large)
    const [before] = pixels
    await decoder.decode(fileOf('sunflower.jpg'))
    expect([before, pixels[0]]).toEqual([16, 16])
  })
})

describe('what is not for the fast decoder is decoded by the exact one', () => {
  it.each(good.filter((name) => !taken.includes(name) && !/lzw-ycbcr|zstd/.test(name)))('%s', async (name) => {
    expect(isTaken(fileOf(name))).toBe(false)
    expect(distance(await decode(fileOf(name), 'fast'), await decode(fileOf(name), 'exact'))).toBe(0)
  })

  const turn = exifSegment(exifTiff([[[orientationTag, 6]]]))
  it.each<[string, Buffer, readonly [number, number]]>([
    ['EXIF behind the frame header', withInserted(turn, 'frame'), [19, 37]],
    ['several blocks of EXIF', withInserted(Buffer.concat([exifSegment(exifTiff([[]])), turn])), [37, 19]],
    ['EXIF that points outside', withInserted(exifSegment(Buffer.from('II*\0\xff\xff\0\0', 'latin1'))), [37, 19]],
    ['a broken colour profile', withInserted(segment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x02abc', 'latin1'))), [37, 19]],
  ])('a JPEG with %s', async (_, bytes, size) => {
    const found = await decode(bytes, 'fast')
    expect([found.width, found.height]).toEqual(size)
    expect(distance(found, await decode(bytes, 'exact'))).toBe(0)
  })
})

describe('both decoders refuse', () => {
  it.each(['bad-empty.jpg', 'bad-header-only.jpg', 'bad-text.jpg', 'bad-truncated.jpg'])('%s', async (name) => {
    const error = await outcome(fileOf(name), 'fast')
    expect(error).toMatchObject({ name: 'BadImage' })
    expect(error).toEqual(await outcome(fileOf(name), 'exact'))
  })

  it.each(['face.jpg', 'yin.jpg', 'progressive.jpg', 'restart.jpg', 'sampling-420.jpg', 'icc-grey.jpg'])('cut %s', async (name) => {
    const bytes = fileOf(name)
    for (const part of [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 1 - 3 / bytes.length]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * part))
      const error = await outcome(cut, 'fast')
      expect(error, String(part)).toMatchObject({ name: 'BadImage' })
      expect(error, String(part)).toEqual(await outcome(cut, 'exact'))
    }
  })

  it.each(['fast', 'exact'] as const)('damage that the library only warns about: %s', async (decoder) => {
    const bytes = Buffer.from(fileOf('face.jpg'))
    bytes.writeUInt8(bytes.readUInt8(21_741) ^ 8, 21_741)
    const message = 'The JPEG file is damaged: it cannot be decoded.'
    expect(await outcome(bytes, decoder)).toMatchObject({ name: 'BadImage', code: 'decode', message })
  })

  it.each(['fast', 'exact'] as const)('too many pixels: %s', async (decoder) => {
    const message = 'The JPEG file has more than 702 pixels. --pixel-limit sets another limit.'
    const limited = (pixelLimit: number) => outcome(fileOf('rgb.jpg'), decoder, { ...usual, pixelLimit })
    expect(await limited(702)).toMatchObject({ name: 'BadImage', code: 'too-large', message })
    expect(await limited(703)).toMatchObject({ width: 37, height: 19 })
  })

  it('no damage that is to be patched up, which the exact one does', async () => {
    const accept: DecodeOptions = { ...usual, truncated: 'accept' }
    const bytes = fileOf('bad-truncated.jpg')
    expect(distance(await decode(bytes, 'fast', accept), await decode(bytes, 'exact', accept))).toBe(0)
    expect(isTaken(fileOf('face.jpg'), accept)).toBe(true)
  })
})
