const orientationTag = 0x0112
const shortType = 3
const entryBytes = 12

/**
 * The orientation in a block of EXIF (a TIFF header with directories): 1…8, 1 where it is not told, undefined where the block
 * is not understood. Only the first directory is read, where the main image's orientation stands (EXIF 2.3, 4.6.4).
 */
export function exifOrientation(block: Buffer): number | undefined {
  const order = block.toString('latin1', 0, 2)
  if (order !== 'II' && order !== 'MM') return undefined
  const short = (at: number) => (order === 'II' ? block.readUInt16LE(at) : block.readUInt16BE(at))
  try {
    const directory = order === 'II' ? block.readUInt32LE(4) : block.readUInt32BE(4)
    const entries = short(directory)
    for (let entry = 0; entry < entries; entry++) {
      const at = directory + 2 + entry * entryBytes
      if (short(at) === orientationTag) return short(at + 2) === shortType ? known(short(at + 8)) : undefined
    }
    return 1
  } catch (error) {
    if (error instanceof RangeError) return undefined // it points outside of the block
    throw error
  }
}

const known = (value: number) => (value >= 1 && value <= 8 ? value : undefined)
