import { createHash } from 'node:crypto'
import { messageOf } from '../base/errors.js'
import type { LoadImage } from '../extract/read-log.js'
import { BadImage } from '../images/bad-image.js'
import { decodeImage } from '../images/decode.js'
import { JpegCheck } from '../images/jpeg-check.js'
import { Resampler } from '../images/resampler.js'
import { createKernels } from '../kernels/kernels.js'

/** An image squeezed into a square, which of a copy that was compressed or resized is almost the same, of another photograph is not. */
export interface SmallPicture {
  /** uint8 [side, side, 3] */
  readonly pixels: Uint8Array
  /** Pixels of the whole image. */
  readonly size: number
  /** sha256 of its sides and pixels: the same for files that differ in their bytes alone. */
  readonly digest: string
}

export const smallSide = 32

/** Reads an image in small; gives a sentence instead where the file is no longer the one that has this sha256, or cannot be read. */
export type PictureReader = (path: string, sha256: string) => Promise<SmallPicture | string>

/** Makes a reader of images as `codes` sees them by default: turned as EXIF says, on white. All pixels are decoded: a decoder's own small pictures are off. */
export function createPictureReader(load: LoadImage): PictureReader {
  const resampler = new Resampler(createKernels())
  const check = new JpegCheck()
  return async (path, sha256) => {
    try {
      const { bytes, image } = await load(path)
      if (image !== sha256) return 'It is another file than when its code was made.'
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      const { pixels, width, height } = await decodeImage(whole, { exif: true, alpha: 'white', truncated: 'accept' }, check)
      const digest = createHash('sha256').update(`${width} ${height} `).update(pixels).digest('hex')
      return { pixels: resampler.resize({ pixels, width, height }, smallSide), size: width * height, digest }
    } catch (error) {
      if (!(error instanceof BadImage)) throw error
      return messageOf(error)
    }
  }
}
