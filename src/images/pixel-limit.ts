import { BadImage } from './bad-image.js'
import type { ImageFormat } from './sniff.js'

/** Most pixels of an image unless told otherwise: what Pillow takes before it speaks of a decompression bomb. 0.5 GB as RGB. */
export const PIXEL_LIMIT = 178_956_970

/** Refused before its pixels take memory. */
export function tooManyPixels(format: ImageFormat, limit: number): BadImage {
  return new BadImage('too-large', `The ${format.toUpperCase()} file has more than ${limit} pixels. --pixel-limit sets another limit.`)
}

/** Whether an image was refused, for this reason, under another limit than the one of now. */
export function isOtherLimit(reason: string, limit = PIXEL_LIMIT): boolean {
  const [, refusedBy] = / more than (\d+) pixels/.exec(reason) ?? []
  return refusedBy !== undefined && Number(refusedBy) !== limit
}
