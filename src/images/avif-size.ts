import type { ImageSize } from './pixels.js'

/** The box that tells the size of an image in an AVIF: its length, 20, and its name; version, width and height come behind. */
const sizeBox = '\0\0\0\x14ispe'
/** The boxes that describe an image stand in front of it. */
const searched = 2 ** 16

/** The longest sides that an AVIF tells of, of its image and of those that it is made of; 0 where it tells of none (ISO 23008-12, 6.5.3). */
export function avifSize(bytes: Buffer): ImageSize {
  const head = bytes.subarray(0, searched)
  let [width, height] = [0, 0]
  for (let at = head.indexOf(sizeBox, 0, 'latin1'); at !== -1 && at + 20 <= head.length; at = head.indexOf(sizeBox, at + 20, 'latin1')) {
    width = Math.max(width, head.readUInt32BE(at + 12))
    height = Math.max(height, head.readUInt32BE(at + 16))
  }
  return { width, height }
}
