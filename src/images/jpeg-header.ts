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
  /** EXIF orientation 1…8; 1 where nothing is said, undefined where it is said in a way that is not understood here. */
  readonly orientation: number | undefined
}

const progressive = 0xc2
const startOfScan = 0xda
const application1 = 0xe1
const exifName = 'Exif\0\0'

/**
 * The header of a JPEG, undefined where no frame header is found.
 *
 * A few steps over the marker segments, where the decoder's own metadata call costs a second header parse.
 */
export function jpegHeader(bytes: Buffer): JpegHeader | undefined {
  let found: Omit<JpegHeader, 'orientation'> | undefined
  const exif: (number | undefined)[] = []
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === startOfScan) break // EXIF may stand behind the frame header, but not behind this
    const content = bytes.subarray(start, end)
    if (isFrame(marker)) found ??= frame(content, marker)
    if (marker === application1 && content.toString('latin1', 0, exifName.length) === exifName)
      exif.push(exifOrientation(content.subarray(exifName.length)))
  }
  return found && { ...found, orientation: exif.length === 0 ? 1 : onlyOne(exif) }
}

/** Programs differ in which of several EXIF blocks counts. */
const onlyOne = <T>(values: readonly T[]) => (values.length === 1 ? values[0] : undefined)

/** Frame header: bits, height, width, number of components (T.81, B.2.2). */
function frame(content: Buffer, marker: number): Omit<JpegHeader, 'orientation'> {
  const [bits = 0, high = 0, low = 0, wideHigh = 0, wideLow = 0, channels = 0] = content
  return { bits, height: high * 256 + low, width: wideHigh * 256 + wideLow, channels, common: marker <= progressive }
}
