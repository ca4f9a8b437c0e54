const START_OF_FRAME_FIRST = 0xc0
const START_OF_FRAME_LAST = 0xcf
/** Huffman tables, JPEG extensions and arithmetic conditioning share the frames' number range. */
const NOT_FRAMES: readonly number[] = [0xc4, 0xc8, 0xcc]

/**
 * The number of colour components of a JPEG (1 grey, 3 colour, 4 CMYK), undefined where no frame header is found.
 *
 * Walks the marker segments (ITU T.81, B.1): a few steps, where the decoder's own metadata call costs a second header parse.
 */
export function jpegChannels(bytes: Uint8Array): number | undefined {
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1 // a fill byte
      continue
    }
    if (marker >= START_OF_FRAME_FIRST && marker <= START_OF_FRAME_LAST && !NOT_FRAMES.includes(marker)) return bytes[at + 9]
    at += 2 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0)
  }
  return undefined
}
