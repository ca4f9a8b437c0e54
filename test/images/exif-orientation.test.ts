import { describe, expect, it } from 'vitest'
import { exifOrientation } from '../../src/images/exif-orientation.js'
import { exifTiff, orientationTag, type TiffEntry } from '../helpers/jpeg-parts.js'

const width: TiffEntry = [0x0100, 37]

describe('exifOrientation', () => {
  it.each(['II', 'MM'] as const)('reads 1 to 8 in byte order %s, behind other entries too', (order) => {
    for (const value of [1, 2, 3, 4, 5, 6, 7, 8]) {
      expect(exifOrientation(exifTiff([[[orientationTag, value]]], order))).toBe(value)
      expect(exifOrientation(exifTiff([[width, [orientationTag, value]]], order))).toBe(value)
      expect(exifOrientation(exifTiff([[[orientationTag, value, 4]]], order))).toBe(value)
    }
  })

  it.each<[string, Buffer, number | undefined]>([
    ['no orientation', exifTiff([[width]]), 1],
    ['an empty directory', exifTiff([[]]), 1],
    ["only the thumbnail's orientation", exifTiff([[width], [[orientationTag, 6]]]), 1],
    ['0', exifTiff([[[orientationTag, 0]]]), undefined],
    ['9', exifTiff([[[orientationTag, 9]]]), undefined],
    [
      'two orientations, of which the first counts',
      exifTiff([
        [
          [orientationTag, 6],
          [orientationTag, 1],
        ],
      ]),
      6,
    ],
    ['an empty block', Buffer.alloc(0), undefined],
    ['another byte order', Buffer.from('IM*\0\x08\0\0\0\0\0', 'latin1'), undefined],
    ['another magic number', Buffer.from('II+\0\x08\0\0\0\0\0', 'latin1'), undefined],
    ['a directory outside of the block', Buffer.from('II*\0\xff\xff\0\0', 'latin1'), undefined],
    ['a directory that begins at the end', Buffer.from('II*\0\x08\0\0\0', 'latin1'), undefined],
    ['a cut directory', exifTiff([[width, width, [orientationTag, 6]]]).subarray(0, 40), undefined],
    ['a cut value', exifTiff([[[orientationTag, 6]]]).subarray(0, 19), undefined],
  ])('%s', (_, block, expected) => {
    expect(exifOrientation(block)).toBe(expected)
  })
})
