import { readFileSync } from 'node:fs'
import sharp, { type JpegOptions } from 'sharp'
import { describe, expect, it } from 'vitest'
import { JpegCheck } from '../../src/images/jpeg-check.js'

const check = new JpegCheck()
const fixture = (name: string) => readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url))
const face = fixture('face.jpg')
const restart = fixture('restart.jpg')

const join = (...parts: readonly (Uint8Array | readonly number[])[]) => Buffer.concat(parts.map((part) => Uint8Array.from(part)))
const firstRestart = restart.indexOf(Buffer.from([0xff, 0xd0]))
/** The image with something in place of its end-of-image marker. */
const ending = (image: Buffer, ...bytes: readonly number[]) => join(image.subarray(0, -2), bytes)

/** The bytes without their Huffman tables. */
function withoutTables(jpeg: Buffer): Buffer {
  const at = jpeg.indexOf(Buffer.from([0xff, 0xc4]))
  return at === -1 ? jpeg : withoutTables(join(jpeg.subarray(0, at), jpeg.subarray(at + 2 + jpeg.readUInt16BE(at + 2))))
}

/** The restart markers in turn, counted on from another number. */
function renumbered(jpeg: Buffer): Buffer {
  const copy = Buffer.from(jpeg)
  for (let at = 0; at + 1 < copy.length; at++)
    if (copy[at] === 0xff && ((copy[at + 1] ?? 0) & 0xf8) === 0xd0) copy[at + 1] = (copy[at + 1] ?? 0) ^ 1
  return copy
}

describe('JpegCheck.isWhole is true for', () => {
  it.each(['airplane', 'face', 'face-cmyk', 'face-exif6', 'grey', 'leopard', 'restart', 'sunflower', 'yin'])('%s.jpg', (name) => {
    expect(check.isWhole(fixture(`${name}.jpg`))).toBe(true)
  })

  it.each<[string, JpegOptions]>([
    ['optimised tables', { optimiseCoding: true }],
    ['standard tables', { optimiseCoding: false }],
    ['no subsampling', { chromaSubsampling: '4:4:4' }],
    ['every coefficient', { quality: 100 }],
    ['few coefficients', { quality: 1 }],
    ['several scans', { progressive: true }],
  ])('%s, at any size', async (_, options) => {
    for (const [width, height] of [
      [1, 1],
      [8, 8],
      [16, 16],
      [17, 33],
      [61, 7],
    ] as const) {
      const resized = sharp(face).resize(width, height, { fit: 'fill' })
      expect(check.isWhole(await resized.clone().jpeg(options).toBuffer())).toBe(true)
      expect(check.isWhole(await resized.clone().grayscale().jpeg(options).toBuffer())).toBe(true)
    }
  })

  it('tables that are left out, as in Motion JPEG', async () => {
    const image = await sharp(face).jpeg({ optimiseCoding: false, chromaSubsampling: '4:2:0' }).toBuffer()
    const bare = withoutTables(image)
    expect(bare.length).toBeLessThan(image.length - 400)
    expect(check.isWhole(bare)).toBe(true)
    expect(check.isWhole(ending(bare, 1, 2, 3, 0xff, 0xd9))).toBe(false)
  })

  it.each<[string, Buffer]>([
    ['bytes behind the end', join(face, [1, 2, 3])],
    ['fill bytes before a restart marker', join(restart.subarray(0, firstRestart), [0xff, 0xff], restart.subarray(firstRestart))],
    ['fill bytes before the end', ending(face, 0xff, 0xff, 0xff, 0xd9)],
    ['a comment before the end', ending(face, 0xff, 0xfe, 0, 3, 65, 0xff, 0xd9)],
  ])('%s', (_, bytes) => {
    expect(check.isWhole(bytes)).toBe(true)
  })
})

describe('JpegCheck.isWhole is false for', () => {
  it.each<[string, Buffer]>([
    ['no end', face.subarray(0, -2)],
    ['half an end', face.subarray(0, -1)],
    ['the last byte of data missing', join(face.subarray(0, -3), [0xff, 0xd9])],
    ['a byte too much', ending(face, 0, 0xff, 0xd9)],
    ['a second scan', ending(face, 0xff, 0xda, 0, 3, 0, 1, 2, 0xff, 0xd9)],
    ['a marker in the data', join(face.subarray(0, 20_000), [0xff, 0xd0], face.subarray(20_000))],
    ['a stretch missing', join(face.subarray(0, 20_000), face.subarray(20_100))],
    ['an interval missing', join(restart.subarray(0, -40), [0xff, 0xd9])],
    ['restart markers out of turn', renumbered(restart)],
  ])('%s', (_, bytes) => {
    expect(check.isWhole(bytes)).toBe(false)
  })

  it('every cut', () => {
    const from = restart.indexOf(Buffer.from([0xff, 0xda])) + 14
    for (let end = from; end < restart.length; end++) expect(check.isWhole(restart.subarray(0, end))).toBe(false)
  })
})
