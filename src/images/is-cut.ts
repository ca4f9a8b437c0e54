import type { ImageFormat } from './sniff.js'

/**
 * Whether a file that could not be decoded lacks its end, told from its own bytes: JPEG's EOI marker, PNG's IEND chunk,
 * GIF's trailer, the length in WebP's RIFF header. TIFF and AVIF do not say.
 *
 * The decoder's messages are no help: libvips collects them for all threads together, so a file's message may be another's.
 */
export function isCut(bytes: Buffer, format: ImageFormat): boolean {
  switch (format) {
    case 'jpeg':
      return !withoutPadding(bytes)
        .subarray(-2)
        .equals(Buffer.from([0xff, 0xd9]))
    case 'png':
      return !bytes.subarray(-64).includes('IEND')
    case 'gif':
      return withoutPadding(bytes).at(-1) !== 0x3b
    case 'webp':
      return bytes.length < bytes.readUInt32LE(4) + 8
    default:
      return false
  }
}

/** Without the zeros that some programs add behind the image. */
function withoutPadding(bytes: Buffer): Buffer {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}
