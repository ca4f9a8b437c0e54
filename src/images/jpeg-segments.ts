/** A marker segment of a JPEG: `start` and `end` of what is behind the marker and the length, both 0-length for markers without. */
export interface JpegSegment {
  /** The marker's second byte: 0xc0 for SOF0, 0xda for SOS, … */
  readonly marker: number
  readonly start: number
  readonly end: number
}

const END_OF_IMAGE = 0xd9

/**
 * The marker segments from `from` on, up to the end of the image, of the file, or of what makes sense (ITU T.81, B.1.1).
 * Whoever finds a scan goes on behind its data with a call of his own.
 */
export function* jpegSegments(bytes: Uint8Array, from = 2): Generator<JpegSegment> {
  let at = from
  while (at + 1 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1 // a fill byte
      continue
    }
    const isBare = marker === 0x01 || (marker >= 0xd0 && marker <= END_OF_IMAGE)
    const end = at + 2 + (isBare ? 0 : (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0))
    if (marker === 0 || end > bytes.length) return
    yield { marker, start: isBare ? end : at + 4, end }
    if (marker === END_OF_IMAGE) return
    at = end
  }
}

/** Whether a marker begins a frame (SOF0 … SOF15); Huffman tables, JPEG extensions and arithmetic conditioning share their range. */
export const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
