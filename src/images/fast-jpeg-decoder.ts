import { damaged } from './damaged.js'
import type { DecodedImage, DecodeOptions } from './decode.js'
import { type JpegHeader, jpegHeader } from './jpeg-header.js'
import { type JpegTurbo, loadJpegTurbo } from './load-jpeg-turbo.js'
import { PIXEL_LIMIT, tooManyPixels } from './pixel-limit.js'
import { sniffFormat } from './sniff.js'

/**
 * Decodes ordinary JPEGs by libjpeg-turbo with its fast DCT: a fifth of the exact decoder's time, pixels up to 5 of 255 off.
 *
 * The pixels of an image are overwritten by the next one.
 */
export class FastJpegDecoder {
  readonly #turbo: JpegTurbo
  readonly #options: DecodeOptions
  #pixels: Buffer = Buffer.alloc(0)

  /** @throws UserError where libjpeg-turbo's binding is not there. */
  constructor(options: DecodeOptions) {
    this.#turbo = loadJpegTurbo()
    this.#options = options
  }

  /**
   * The image, or undefined where it is not for this decoder: no JPEG, CMYK, turned by EXIF.
   *
   * @throws BadImage for a damaged or too large one.
   */
  decode(bytes: Buffer): DecodedImage | undefined {
    const header = sniffFormat(bytes) === 'jpeg' ? jpegHeader(bytes) : undefined
    if (!header || !this.#takes(header)) return undefined
    const { pixelLimit = PIXEL_LIMIT } = this.#options
    if (header.width * header.height > pixelLimit) throw tooManyPixels('jpeg', pixelLimit)
    const length = header.width * header.height * 3
    if (this.#pixels.length < length) this.#pixels = Buffer.allocUnsafeSlow(length)
    const { width, height } = this.#decompress(bytes)
    return { pixels: this.#pixels.subarray(0, width * height * 3), width, height }
  }

  #takes({ width, height, bits, channels, common, orientation }: JpegHeader): boolean {
    const upright = orientation === 1 || !this.#options.exif
    return upright && common && bits === 8 && (channels === 1 || channels === 3) && width > 0 && height > 0
  }

  #decompress(bytes: Buffer): { readonly width: number; readonly height: number } {
    try {
      return this.#turbo.decompressSync(bytes, this.#pixels, { format: this.#turbo.FORMAT_RGB })
    } catch {
      throw damaged(bytes, 'jpeg')
    }
  }
}
