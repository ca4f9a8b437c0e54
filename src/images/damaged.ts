import { BadImage } from './bad-image.js'
import { isCut } from './is-cut.js'
import type { ImageFormat } from './sniff.js'

/** Names the damage of a file that a decoder refused, told from the file's own bytes. */
export function damaged(bytes: Buffer, format: ImageFormat): BadImage {
  const name = format.toUpperCase()
  if (isCut(bytes, format)) return new BadImage('truncated', `The ${name} file is cut off: its end is missing.`)
  // Of these two there are kinds that libvips does not read, such as TIFF in Lab or packed by zstd.
  const doubt = format === 'tiff' || format === 'avif' ? ', or of a kind that is not read' : ''
  return new BadImage('decode', `The ${name} file is damaged${doubt}: it cannot be decoded.`)
}
