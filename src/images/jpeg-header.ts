import { exifOrientation } from './exif-orientation.js'
import { isFrame, jpegSegments } from './jpeg-segments.js'

/** What a JPEG says of itself before its first pixel. */
export interface JpegHeader {
  readonly width: number
  readonly height: number
  /** Bits of a sample: 8 almost always. */
  readonly bits: number
  /** Colour components: 1 grey, 3 colour, 4 CMYK. */
  readonly channels: number
  /** Huffman-coded in blocks, baseline or progressive, as all but a handful of files are. */
  readonly common: boolean
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

/**
 * The header of a JPEG, undefined where no frame header is found.
 *
 * A few steps over the marker segments, where the decoder's own metadata call costs a second header parse.
 */
export function jpegHeader(bytes: Buffer): JpegHeader | undefined {
  let found: ReturnType<typeof frame> | undefined
  let finestStep = Number.POSITIVE_INFINITY
  const exif: (number | undefined)[] = []
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === startOfScan) break // EXIF may stand behind the frame header, but not behind this
    const content = bytes.subarray(start, end)
    if (isFrame(marker)) found ??= frame(content, marker)
    if (marker === quantisationTables) finestStep = Math.min(finestStep, ...steps(content))
    if (marker === application1 && content.toString('latin1', 0, exifName.length) === exifName)
      exif.push(exifOrientation(content.subarray(exifName.length)))
  }
  return found && { ...found, finestStep, orientation: exif.length === 0 ? 1 : onlyOne(exif) }
}

/** Programs differ in which of several EXIF blocks counts. */
const onlyOne = <T>(values: readonly T[]) => (values.length === 1 ? values[0] : undefined)

/** Frame header: bits, height, width, number of components (T.81, B.2.2). */
function frame(content: Buffer, marker: number): Omit<JpegHeader, 'finestStep' | 'orientation'> {
  const [bits = 0, high = 0, low = 0, wideHigh = 0, wideLow = 0, channels = 0] = content
  return { bits, height: high * 256 + low, width: wideHigh * 256 + wideLow, channels, common: marker <= progressive }
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
