import { readFileSync } from 'node:fs'
import { crc32 } from '@node-rs/crc32'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { BadImage } from '../../src/images/bad-image.js'
import { configureSharp, type DecodeOptions, decodeImage } from '../../src/images/decode.js'

configureSharp()

const plain: DecodeOptions = { exif: false, alpha: 'drop' }
const fixture = (name: string) => readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url))
const face = fixture('face.jpg')
const whole = await decodeImage(face, plain)
const wholeRow = whole.width * 3

/** The pixels of what decodeImage gave. */
function pixelsOf(found: unknown): Buffer {
  if (typeof found === 'object' && found !== null && 'pixels' in found && Buffer.isBuffer(found.pixels)) return found.pixels
  throw new Error('expected an image', { cause: found })
}

async function outcome(bytes: Buffer, options: Partial<DecodeOptions> = {}): Promise<string> {
  const found = await decodeImage(bytes, { ...plain, ...options }).catch((error: unknown) => error)
  if (found instanceof BadImage) return `${found.code}: ${found.message}`
  return found instanceof Error ? `crash: ${found.stack}` : 'pixels'
}

describe('decodeImage refuses what libjpeg warns about', () => {
  const damaged = 'decode: The JPEG file is damaged: it cannot be decoded.'
  const flipped = (at: number, bit: number) => Buffer.from(face).fill((face[at] ?? 0) ^ bit, at, at + 1)

  it.each<[string, Buffer, string]>([
    ['in the middle', flipped(21_741, 8), damaged],
    ['in the last lines', flipped(33_700, 8), damaged],
    ['in the end', face.subarray(0, -2), 'truncated: The JPEG file is cut off: its end is missing.'],
  ])('%s', async (_, bytes, message) => {
    expect(await outcome(bytes)).toBe(message)
  })
})

describe('decodeImage refuses bombs', () => {
  const image = () => sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
  const behind = (bytes: Buffer, mark: string) => bytes.indexOf(mark, 0, 'latin1') + mark.length
  /** Writes 60,000 or so over the width and the height of an image of 40 × 30. */
  const enlarge = {
    jpeg: (bytes: Buffer) => bytes.writeUInt32BE(0xffdc_ffdc, behind(bytes, '\xff\xc0') + 3),
    png: (bytes: Buffer) => {
      bytes.fill(Buffer.from([0, 0, 234, 96]), 16, 24)
      bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
    },
    gif: (bytes: Buffer) => {
      bytes.writeUInt32LE(0xffff_ffff, 6)
      bytes.writeUInt32LE(0xffff_ffff, behind(bytes, ',\0\0\0\0'))
    },
    tiff: (bytes: Buffer) => {
      const tags = bytes.readUInt32LE(4) + 2
      for (let at = tags; at < bytes.length - 12; at += 12) {
        if (bytes.readUInt16LE(at) !== 256 && bytes.readUInt16LE(at) !== 257) continue
        bytes.writeUInt16LE(4, at + 2)
        bytes.writeUInt32LE(60_000, at + 8)
      }
    },
    avif: (bytes: Buffer) => bytes.fill(Buffer.from([0, 0, 234, 96]), behind(bytes, 'ispe') + 4, behind(bytes, 'ispe') + 12),
  } as const

  it.each(['jpeg', 'png', 'gif', 'tiff', 'avif'] as const)('of a %s that tells of 60,000 × 60,000 pixels or so', async (format) => {
    const bytes = await image().toFormat(format).toBuffer()
    expect(await outcome(bytes)).toBe('pixels')
    enlarge[format](bytes)
    const message = `too-large: The ${format.toUpperCase()} file has more than 178956970 pixels. --pixel-limit sets another limit.`
    expect(await outcome(bytes)).toBe(message)
  })

  it('of an AVIF that tells of sides beyond all limits', async () => {
    const bytes = await image().avif().toBuffer()
    bytes.writeUInt32BE(0x4000_0028, behind(bytes, 'ispe') + 4)
    expect(await outcome(bytes)).toBe('too-large: Expected sides of at most 65535 pixels, got 1073741864 × 30.')
  })

  it('of 36 bytes: a WebP of 16,383 × 16,383', async () => {
    const bytes = Buffer.from('UklGRhwAAABXRUJQVlA4TA8AAAAv/r//DwcQ/Y/+ByKi/wEA', 'base64')
    expect(await outcome(bytes)).toBe('too-large: The WEBP file has more than 178956970 pixels. --pixel-limit sets another limit.')
  })

  it.each(['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'] as const)('by the limit that is given, of a %s', async (format) => {
    const bytes = await image().toFormat(format).toBuffer()
    expect(await outcome(bytes, { pixelLimit: 1200 })).toBe('pixels')
    const message = `too-large: The ${format.toUpperCase()} file has more than 1199 pixels. --pixel-limit sets another limit.`
    expect(await outcome(bytes, { pixelLimit: 1199 })).toBe(message)
  })
})

describe('decodeImage with truncated: accept', () => {
  const accept = { ...plain, truncated: 'accept' } as const

  it.each([
    ['jpeg', 128],
    ['png', 0],
  ] as const)('takes what there is of a cut %s; the rest is %d', async (format, rest) => {
    const bytes = await sharp(face).toFormat(format).toBuffer()
    const [all, cut] = [await decodeImage(bytes, plain), bytes.subarray(0, bytes.length / 2)]
    const found = await decodeImage(cut, accept)
    expect([found.width, found.height]).toEqual([all.width, all.height])
    const rows = Math.floor(all.height / 4) * wholeRow
    expect(found.pixels.subarray(0, rows).equals(all.pixels.subarray(0, rows))).toBe(true)
    expect(found.pixels.subarray(-wholeRow).every((value) => value === rest)).toBe(true)
    expect((await decodeImage(cut, accept)).pixels.equals(found.pixels)).toBe(true)
  })

  it('takes damage as it is decoded', async () => {
    const damaged = Buffer.from(face).fill((face[21_741] ?? 0) ^ 8, 21_741, 21_742)
    const found = await decodeImage(damaged, accept)
    expect(found.pixels.subarray(0, 30 * wholeRow).equals(whole.pixels.subarray(0, 30 * wholeRow))).toBe(true)
    expect(found.pixels.equals(whole.pixels)).toBe(false)
  })

  it('gives whole files as ever', async () => {
    expect((await decodeImage(face, accept)).pixels.equals(whole.pixels)).toBe(true)
  })

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'empty: The file is empty.'],
    ['text', fixture('bad-text.jpg'), 'format: Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.'],
    ['a header', fixture('bad-header-only.jpg'), 'truncated: The JPEG file is cut off: its end is missing.'],
    ['half a WebP', fixture('face.webp').subarray(0, 30_000), 'truncated: The WEBP file is cut off: its end is missing.'],
  ])('refuses %s, of which nothing can be decoded', async (_, bytes, message) => {
    expect(await outcome(bytes, accept)).toBe(message)
  })
})

describe('decodeImage', () => {
  it.each([
    ['gif', '!\xf9\x04'],
    ['webp', 'ANMF'],
  ] as const)('passes over damage in later frames of an animated %s, or refuses it', async (format, frame) => {
    const size = { width: 40, height: 120, channels: 3, pageHeight: 40 } as const
    const random = seededRandom(1)
    const noise = Buffer.from(Array.from({ length: size.width * size.height * 3 }, () => random() * 256))
    const bytes = await sharp(noise, { raw: size }).toFormat(format).toBuffer()
    const first = await decodeImage(bytes, plain)
    expect([first.width, first.height]).toEqual([40, 40])
    const later = bytes.indexOf(frame, bytes.indexOf(frame, 'latin1') + 1, 'latin1')
    for (let at = later; at < bytes.length - 1; at += 53) {
      const damaged = Buffer.from(bytes).fill(0x55, at, Math.min(at + 3, bytes.length))
      const found = await decodeImage(damaged, plain).catch((error: unknown) => error)
      if (!(found instanceof BadImage)) expect(first.pixels.equals(pixelsOf(found))).toBe(true)
    }
  })

  it('tells every file its own damage, whatever else is decoded at the time', async () => {
    const files = await Promise.all(
      (['jpeg', 'png', 'gif', 'webp', 'tiff'] as const).map((format) => sharp(face).resize(60).toFormat(format).toBuffer()),
    )
    const spoilt = files.flatMap((bytes) => [
      bytes,
      bytes.subarray(0, bytes.length / 2),
      Buffer.concat([bytes.subarray(0, 200), bytes.subarray(230)]),
    ])
    const alone: string[] = []
    for (const bytes of spoilt) alone.push(await outcome(bytes))
    for (let round = 0; round < 5; round++) expect(await Promise.all(spoilt.map((bytes) => outcome(bytes)))).toEqual(alone)
    expect(new Set(alone).size).toBeGreaterThan(5)
  })
})
