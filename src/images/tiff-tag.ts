/**
 * The first number of a field of a TIFF's first directory, where it is a SHORT or LONG; undefined where there is none.
 *
 * Source: TIFF 6.0, section 2; of BigTIFF the same with 8-byte offsets.
 */
export function tiffTag(bytes: Buffer, tag: number): number | undefined {
  try {
    return readTiffTag(bytes, tag)
  } catch (error) {
    if (error instanceof RangeError) return undefined // the directory lies beyond the end
    throw error
  }
}

/** As `tiffTag`. @throws RangeError where the directory lies beyond the end. */
export function readTiffTag(bytes: Buffer, tag: number): number | undefined {
  const little = bytes.toString('latin1', 0, 2) === 'II'
  const short = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at))
  const long = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const huge = (at: number) => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
  const big = short(2) === 43
  const start = big ? huge(8) : long(4)
  const count = big ? huge(start) : short(start)
  const [first, size, value] = big ? [start + 8, 20, 12] : [start + 2, 12, 8]
  for (let i = 0; i < count; i++) {
    const entry = first + i * size
    if (short(entry) === tag) return short(entry + 2) === 3 ? short(entry + value) : long(entry + value)
  }
  return undefined
}
