/** A marker segment of a JPEG. */
export function segment(marker: number, content: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(content.length + 2)
  return Buffer.concat([Buffer.from([0xff, marker]), length, content])
}

/** A frame header (SOF), 37 × 19 unless told otherwise. */
export function frameHeader(marker: number, { bits = 8, width = 37, height = 19, channels = 3 } = {}): Buffer {
  const content = Buffer.alloc(6 + 3 * channels)
  content.writeUInt8(bits)
  content.writeUInt16BE(height, 1)
  content.writeUInt16BE(width, 3)
  content.writeUInt8(channels, 5)
  for (let channel = 0; channel < channels; channel++) content.set([channel + 1, 0x11, 0], 6 + 3 * channel)
  return segment(marker, content)
}

/** An entry of a directory; of type 3 (SHORT) unless told otherwise. */
export type TiffEntry = readonly [tag: number, value: number, type?: number]

export const orientationTag = 0x0112

/** The TIFF part of a block of EXIF: directories one behind the other, each with its entries. */
export function exifTiff(directories: readonly (readonly TiffEntry[])[], order: 'II' | 'MM' = 'II'): Buffer {
  const little = order === 'II'
  const short = (value: number) => Buffer.from(little ? [value & 255, value >> 8] : [value >> 8, value & 255])
  const long = (value: number) => Buffer.concat(little ? [short(value), short(0)] : [short(0), short(value)])
  const parts = [Buffer.from(order, 'latin1'), short(42), long(8)]
  let at = 8
  directories.forEach((entries, which) => {
    at += 6 + 12 * entries.length
    const fields = entries.map(([tag, value, type = 3]) =>
      Buffer.concat([short(tag), short(type), long(1), type === 3 ? Buffer.concat([short(value), short(0)]) : long(value)]),
    )
    parts.push(short(entries.length), ...fields, long(which < directories.length - 1 ? at : 0))
  })
  return Buffer.concat(parts)
}

/** The segment that holds a block of EXIF. */
export const exifSegment = (tiff: Uint8Array): Buffer => segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]))
