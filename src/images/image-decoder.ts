import { type DecodedImage, type DecodeOptions, decodeImage } from './decode.js'
import { FastJpegDecoder } from './fast-jpeg-decoder.js'
import { JpegCheck } from './jpeg-check.js'
import type { DecoderName } from './preprocessing.js'

/** Decodes images of every format in one of the lanes. */
export class ImageDecoder {
  readonly #options: DecodeOptions
  readonly #fast: FastJpegDecoder | undefined
  readonly #check = new JpegCheck()

  /** @throws UserError where the fast lane's library is not there. */
  constructor({ decoder, ...options }: DecodeOptions & { readonly decoder: DecoderName }) {
    this.#options = options
    this.#fast = decoder === 'fast' ? new FastJpegDecoder(options) : undefined
  }

  /**
   * The first frame of an image as RGB. What comes at once, not as a promise, is overwritten by the next image.
   *
   * @throws BadImage, in the promise.
   */
  decode(bytes: Buffer): DecodedImage | Promise<DecodedImage> {
    return this.#fast?.decode(bytes) ?? decodeImage(bytes, this.#options, this.#check)
  }
}
