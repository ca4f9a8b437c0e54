import { exifOrientation } from './exif-orientation.js'
import { isFrame, jpegSegments } from './jpeg-segments.js'

/** What a JPEG's frame header says (T.81, B.2.2). */
export interface JpegFrame {
  readonly width: number
  readonly height: number
  /** Bits of a sample: 8 almost always. */
  readonly bits: number
  /** Colour components: 1 grey, 3 colour, 4 CMYK. */
  readonly channels: number
  /** Huffman-coded in blocks, baseline or progressive, as all but a handful of files are. */
  readonly common: boolean
}

/** What a JPEG says of itself before its first pixel. */
export interface JpegHeader extends JpegFrame {
  /** The smallest step of its quantisation tables: 1 … 255 of 8 bits, the smaller the higher the quality; Infinity without a table. */
  readonly finestStep: number
  /** EXIF orientation 1…8; 1 where nothing is said, undefined where it is said in a way that is not understood here. */
  readonly orientation: number | undefined
}

const progressive = 0xc2
const quantisationTables = 0xdb
const startOfScan = 0xda
const application1 = 0xe1
const exifName = 'Exif\0\0'

/** The frame header of a JPEG, undefined where none is found: a microsecond or two. */
export function jpegFrame(bytes: Buffer): JpegFrame | undefined {
  for (const { marker, start } of jpegSegments(bytes)) if (isFrame(marker)) return frameAt(bytes, start, marker)
  return undefined
}

/**
 * The header of a JPEG, undefined where no frame header is found.
 *
 * A few steps over the marker segments, where the decoder's own metadata call costs a second header parse.
 */
export function jpegHeader(bytes: Buffer): JpegHeader | undefined {
  let found: JpegFrame | undefined
  let finestStep = Number.POSITIVE_INFINITY
  const exif: (number | undefined)[] = []
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === startOfScan) break // EXIF may stand behind the frame header, but not behind this
    const content = bytes.subarray(start, end)
    if (isFrame(marker)) found ??= frameAt(bytes, start, marker)
    if (marker === quantisationTables) finestStep = Math.min(finestStep, ...steps(content))
    if (marker === application1 && content.toString('latin1', 0, exifName.length) === exifName)
      exif.push(exifOrientation(content.subarray(exifName.length)))
  }
  return found && { ...found, finestStep, orientation: exif.length === 0 ? 1 : onlyOne(exif) }
}

/** Programs differ in which of several EXIF blocks counts. */
const onlyOne = <T>(values: readonly T[]) => (values.length === 1 ? values[0] : undefined)

/** Bits, height, width, number of components; what is cut off counts as 0. */
function frameAt(bytes: Buffer, at: number, marker: number): JpegFrame {
  const byte = (offset: number) => bytes[at + offset] ?? 0
  const [height, width] = [byte(1) * 256 + byte(2), byte(3) * 256 + byte(4)]
  return { bits: byte(0), height, width, channels: byte(5), common: marker <= progressive }
}

/** All steps of a segment of quantisation tables: each a byte that tells the steps' size and its name, and 64 steps (T.81, B.2.4.1). */
function steps(content: Buffer): number[] {
  const found: number[] = []
  for (let at = 0; at < content.length; ) {
    const bytes = (content[at] ?? 0) < 16 ? 1 : 2
    const table = content.subarray(at + 1, at + 1 + 64 * bytes)
    found.push(...(bytes === 1 ? table : Array.from({ length: table.length >> 1 }, (_, step) => table.readUInt16BE(2 * step))))
    at += 1 + 64 * bytes
  }
  return found
}
