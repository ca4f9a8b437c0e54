import { exifOrientation } from './exif-orientation.js'

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

const markers = { frameFirst: 0xc0, frameLast: 0xcf, progressive: 0xc2, application1: 0xe1 } as const
/** Huffman tables, JPEG extensions and arithmetic conditioning share the frames' number range. */
const notFrames: readonly number[] = [0xc4, 0xc8, 0xcc]
/** Length of a frame header up to its number of components, and of what identifies EXIF. */
const frameBytes = 8
const exifName = 'Exif\0\0'

/**
 * The header of a JPEG, undefined where no frame header is found.
 *
 * Walks the marker segments (ITU T.81, B.1): a few steps, where the decoder's own metadata call costs a second header parse.
 */
export function jpegHeader(bytes: Buffer): JpegHeader | undefined {
  const exif: (number | undefined)[] = []
  let at = 2
  while (at + 2 + frameBytes <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1 // a fill byte
      continue
    }
    const length = bytes.readUInt16BE(at + 2)
    const content = bytes.subarray(at + 4, at + 2 + length)
    if (isFrame(marker)) return { ...frame(content, marker), orientation: exif.length === 0 ? 1 : onlyOne(exif) }
    if (marker === markers.application1 && content.toString('latin1', 0, exifName.length) === exifName)
      exif.push(exifOrientation(content.subarray(exifName.length)))
    at += 2 + length
  }
  return undefined
}

/** Programs differ in which of several EXIF blocks counts. */
const onlyOne = <T>(values: readonly T[]) => (values.length === 1 ? values[0] : undefined)

const isFrame = (marker: number) => marker >= markers.frameFirst && marker <= markers.frameLast && !notFrames.includes(marker)

/** Frame header: bits, height, width, number of components (T.81, B.2.2); bytes that a cut file lacks count as 0. */
function frame(content: Buffer, marker: number): Omit<JpegHeader, 'orientation'> {
  const [bits = 0, high = 0, low = 0, wideHigh = 0, wideLow = 0, channels = 0] = content
  return { bits, height: high * 256 + low, width: wideHigh * 256 + wideLow, channels, common: marker <= markers.progressive }
}
