import sharp, { type FailOnOptions, type Sharp } from 'sharp'
import { messageOf } from '../base/errors.js'
import { avifSize } from './avif-size.js'
import { BadImage } from './bad-image.js'
import { damaged } from './damaged.js'
import { gifFirstFrame } from './gif-first-frame.js'
import { JpegCheck } from './jpeg-check.js'
import { jpegFrame } from './jpeg-header.js'
import { PIXEL_LIMIT, tooManyPixels } from './pixel-limit.js'
import type { ImageSize } from './pixels.js'
import { cmykToRgb } from './pixels-cmyk.js'
import { describeBytes, type ImageFormat, sniffFormat } from './sniff.js'
import { tiffTag } from './tiff-tag.js'

export interface DecodeOptions {
  /** Apply the EXIF orientation. TIFF and AVIF are turned in any case, as their own fields say. */
  readonly exif: boolean
  /** white: composed on white; drop: the colour under the alpha channel as it is. */
  readonly alpha: 'white' | 'drop'
  /** Refuse larger images, in pixels. Default: 178,956,970, as Pillow. */
  readonly pixelLimit?: number | undefined
  /** accept: damaged and cut files as far as they can be decoded; the rest is grey, or black in PNG. Default: reject. */
  readonly truncated?: 'reject' | 'accept'
}

/** The first frame of an image at full size. */
export interface DecodedImage {
  /** uint8 [height, width, 3], R G B interleaved */
  readonly pixels: Buffer
  readonly width: number
  readonly height: number
}

/** JPEG's own limit. Longer sides, which PNG and TIFF allow, would make the resize's working memory depend on a file's whim. */
const SIDE_LIMIT = 65_535
const WHITE = { r: 255, g: 255, b: 255 }

/**
 * Settings of the process's image library (shared by all threads): one thread an image, because the workers are the parallelism,
 * and no cache of operations, because no image comes twice. Call once in each worker.
 */
export function configureSharp(): void {
  sharp.concurrency(1)
  sharp.cache(false)
}

/**
 * Decodes to 8-bit RGB, equal to Pillow's convert("RGB"): 16 bits lose the low byte, colour profiles are ignored, animations give
 * their first frame. Anything damaged, cut or too large throws a BadImage with one sentence; so does, where damage is accepted,
 * a file of which nothing can be decoded.
 *
 * @param check to be used for many images, since it learns from them.
 */
export async function decodeImage(bytes: Buffer, options: DecodeOptions, check = new JpegCheck()): Promise<DecodedImage> {
  if (bytes.length === 0) throw new BadImage('empty', 'The file is empty.')
  const format = sniffFormat(bytes)
  if (format === undefined)
    throw new BadImage('format', `Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found ${describeBytes(bytes)}.`)
  // Of sides beyond its own limits libvips would write on standard error.
  if (format === 'avif') checkSides(avifSize(bytes))
  const image = await decodeWhole(bytes, format, { ...options, check }).catch(async (error: unknown) => {
    const bad = badImage(bytes, format, error, options)
    const patched = options.truncated === 'accept' && bad.code !== 'too-large' ? await decodePatched(bytes, format, options) : undefined
    if (!patched) throw bad
    return patched
  })
  checkSides(image)
  return image
}

function checkSides({ width, height }: ImageSize): void {
  if (Math.max(width, height) > SIDE_LIMIT)
    throw new BadImage('too-large', `Expected sides of at most ${SIDE_LIMIT} pixels, got ${width} × ${height}.`)
}

async function decodeWhole(
  bytes: Buffer,
  format: ImageFormat,
  { check, ...options }: DecodeOptions & { readonly check: JpegCheck },
): Promise<DecodedImage> {
  const image = await decodeKnown(bytes, format, { ...options, failOn: 'warning' })
  if (format === 'jpeg' && !check.isWhole(bytes)) throw new Error('its coded data does not fill the image')
  return image
}

/** What the decoder makes of damage; undefined where it is one colour all over, as when nothing was decoded. */
async function decodePatched(bytes: Buffer, format: ImageFormat, options: DecodeOptions): Promise<DecodedImage | undefined> {
  const image = await decodeKnown(bytes, format, { ...options, failOn: 'none' }).catch(() => undefined)
  return image?.pixels.subarray(3).equals(image.pixels.subarray(0, -3)) ? undefined : image
}

async function decodeKnown(
  bytes: Buffer,
  format: ImageFormat,
  { exif, alpha, pixelLimit = PIXEL_LIMIT, failOn }: DecodeOptions & { readonly failOn: FailOnOptions },
): Promise<DecodedImage> {
  if (format === 'tiff' && isUnconverted(bytes)) throw new Error('YCbCr that libvips would take for RGB')
  const gif = format === 'gif' ? gifFirstFrame(bytes) : undefined
  const readable = gif && alpha === 'drop' ? gif.opaque : format === 'avif' ? asStill(bytes) : bytes
  const autoOrient = exif || format === 'tiff' // Pillow turns TIFFs by itself
  const image = sharp(readable, { failOn, ignoreIcc: true, limitInputPixels: pixelLimit, autoOrient })
  if (await isCmyk(bytes, format, image)) return cmykPixels(image)
  const colours = alpha === 'white' ? image.flatten({ background: WHITE }) : image.removeAlpha()
  if (!gif) return rawPixels(colours, 3)
  const background = alpha === 'white' && gif.isTransparent ? WHITE : gif.background
  return rawPixels(colours.extract(gif.area).extend({ ...gif.margins, background }), 3)
}

/** Whether a TIFF holds YCbCr other than in JPEG: the only kind that is decoded to wrong colours. */
function isUnconverted(bytes: Buffer): boolean {
  const [photometric, compression] = [tiffTag(bytes, 262), tiffTag(bytes, 259)]
  return photometric === 6 && compression !== 6 && compression !== 7
}

/** An animated AVIF under the brand of a still one, so that the decoder takes its first image. */
function asStill(bytes: Buffer): Buffer {
  if (bytes.toString('latin1', 8, 12) !== 'avis') return bytes
  const still = Buffer.from(bytes)
  still.write('avif', 8, 'latin1')
  return still
}

async function cmykPixels(image: Sharp): Promise<DecodedImage> {
  const { depth } = await image.metadata()
  const inks = image.removeAlpha().pipelineColourspace('cmyk').toColourspace('cmyk')
  const { pixels, width, height } = await rawPixels(inks, 4, depth === 'ushort' ? 'ushort' : 'uchar')
  // Of 16 bits, little-endian, the high byte.
  return { pixels: cmykToRgb(depth === 'ushort' ? pixels.filter((_, at) => at % 2 === 1) : pixels), width, height }
}

async function rawPixels(image: Sharp, channels: number, depth: 'uchar' | 'ushort' = 'uchar'): Promise<DecodedImage> {
  const { data, info } = await image.raw({ depth }).toBuffer({ resolveWithObject: true })
  if (info.channels !== channels) throw new Error(`expected ${channels} channels, found ${info.channels}`)
  return { pixels: data, width: info.width, height: info.height }
}

/** Only JPEG and TIFF know CMYK; sharp would convert it through a press profile, Pillow does it by plain arithmetic. */
async function isCmyk(bytes: Buffer, format: ImageFormat, image: Sharp): Promise<boolean> {
  if (format === 'jpeg') return jpegFrame(bytes)?.channels === 4
  return format === 'tiff' && (await image.metadata()).space === 'cmyk'
}

function badImage(bytes: Buffer, format: ImageFormat, error: unknown, { pixelLimit = PIXEL_LIMIT }: DecodeOptions): BadImage {
  return /exceeds pixel limit/.test(messageOf(error)) ? tooManyPixels(format, pixelLimit) : damaged(bytes, format)
}
