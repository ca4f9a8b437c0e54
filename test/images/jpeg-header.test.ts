import { describe, expect, it } from 'vitest'
import { type JpegHeader, jpegHeader } from '../../src/images/jpeg-header.js'
import { exifSegment, exifTiff, frameHeader, orientationTag, segment } from '../helpers/jpeg-parts.js'

const startOfImage = Buffer.from([0xff, 0xd8])
const jfif = segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'))
const startOfScan = segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0]))
const data = Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd9])
const turned = (value: number, order: 'II' | 'MM' = 'II') => exifSegment(exifTiff([[[orientationTag, value]]], order))
/** A quantisation table whose last steps are these, all before as the first of them. */
function steps(name: number, ...last: readonly number[]): Buffer {
  const all = [...Array<number>(64 - last.length).fill(last[0] ?? 0), ...last]
  return Buffer.from([name, ...(name < 16 ? all : all.flatMap((step) => [step >> 8, step & 255]))])
}
const table = (name: number, ...last: readonly number[]) => segment(0xdb, steps(name, ...last))
const headerOf = (...parts: readonly Uint8Array[]) => jpegHeader(Buffer.concat([startOfImage, ...parts]))

const plain: JpegHeader = {
  width: 37,
  height: 19,
  bits: 8,
  channels: 3,
  common: true,
  finestStep: Number.POSITIVE_INFINITY,
  orientation: 1,
}
const frame = frameHeader(0xc0)

describe('jpegHeader', () => {
  it.each<[string, readonly Uint8Array[], Partial<JpegHeader>]>([
    ['baseline', [jfif, frame, startOfScan, data], {}],
    ['extended', [frameHeader(0xc1), startOfScan], {}],
    ['progressive', [frameHeader(0xc2), startOfScan], {}],
    ['lossless', [frameHeader(0xc3), startOfScan], { common: false }],
    ['arithmetic', [frameHeader(0xc9), startOfScan], { common: false }],
    ['progressive arithmetic', [frameHeader(0xca), startOfScan], { common: false }],
    ['12 bits', [frameHeader(0xc1, { bits: 12 }), startOfScan], { bits: 12 }],
    ['grey', [frameHeader(0xc0, { channels: 1 }), startOfScan], { channels: 1 }],
    ['CMYK', [frameHeader(0xc0, { channels: 4 }), startOfScan], { channels: 4 }],
    ['sides of two bytes', [frameHeader(0xc0, { width: 65_535, height: 258 }), startOfScan], { width: 65_535, height: 258 }],
    ['Huffman tables before the frame', [segment(0xc4, data), frame, startOfScan], {}],
    ['a quantisation table', [table(0, 16, 11, 99), frame, startOfScan], { finestStep: 11 }],
    ['a finer one behind the frame', [table(0, 16), frame, table(1, 17, 3), startOfScan], { finestStep: 3 }],
    ['two in a segment', [segment(0xdb, Buffer.concat([steps(0, 16), steps(1, 5, 255)])), frame, startOfScan], { finestStep: 5 }],
    ['one of 16 bits', [table(0x10, 300, 257), frame, startOfScan], { finestStep: 257 }],
    ['a cut one', [segment(0xdb, steps(0, 16).subarray(0, 9)), frame, startOfScan], { finestStep: 16 }],
    ['fill bytes', [Buffer.from([0xff, 0xff]), jfif, Buffer.from([0xff]), frame, startOfScan], {}],
    ['a cut file, behind the frame', [frame], {}],
    ['a cut file, within a segment behind the frame', [frame, jfif.subarray(0, 9)], {}],
    ['EXIF of another kind', [segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1')), frame, startOfScan], {}],
    ['EXIF, big-endian', [turned(3, 'MM'), frame, startOfScan], { orientation: 3 }],
    ['EXIF behind the frame', [frame, turned(6), startOfScan], { orientation: 6 }],
    ['EXIF that says nothing', [exifSegment(exifTiff([[]])), frame, startOfScan], {}],
    ['EXIF that is not understood', [exifSegment(Buffer.from('II*\0\xff\xff\0\0', 'latin1')), frame], { orientation: undefined }],
    ['two blocks of EXIF', [turned(1), turned(6), frame, startOfScan], { orientation: undefined }],
    ['what looks like EXIF behind the beginning of a scan', [frame, startOfScan, turned(6)], {}],
  ])('%s', (_, parts, change) => {
    expect(headerOf(...parts)).toEqual({ ...plain, ...change })
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i', (orientation) => {
    expect(headerOf(jfif, turned(orientation), frame, startOfScan)).toEqual({ ...plain, orientation })
  })

  it.each<[string, readonly Uint8Array[]]>([
    ['nothing', []],
    ['a file cut before the frame', [jfif]],
    ['a file cut within the frame', [jfif, frame.subarray(0, -1)]],
    ['a scan without a frame', [jfif, startOfScan, frame]],
    ['something else than a marker', [jfif, Buffer.from('text'), frame]],
    ['the end of the image', [Buffer.from([0xff, 0xd9]), frame]],
  ])('is not there in %s', (_, parts) => {
    expect(headerOf(...parts)).toBeUndefined()
  })
})
