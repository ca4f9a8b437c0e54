import { readTiffTag } from './tiff-tag.js'

const orientationTag = 0x0112

/**
 * The orientation in a block of EXIF, which is a small TIFF: 1…8, 1 where it is not told, undefined where the block is not
 * understood. Only the first directory is read, where the main image's orientation stands (EXIF 2.3, 4.6.4).
 */
export function exifOrientation(block: Buffer): number | undefined {
  if (!/^(II\*\0|MM\0\*)/.test(block.toString('latin1', 0, 4))) return undefined
  try {
    const value = readTiffTag(block, orientationTag) ?? 1
    return value >= 1 && value <= 8 ? value : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined // it points outside of the block
    throw error
  }
}
