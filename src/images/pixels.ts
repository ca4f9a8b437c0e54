import type { RgbTriple } from './preprocessing.js'

/** A decoded image: 8 bits a channel, R G B interleaved. */
export interface RgbImage {
  /** uint8 [height, width, 3] */
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
}

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** How bytes become the network's input: (v − mean) / scale, 0…255 first, `mean` and `scale` always in the order R, G, B. */
export interface Normalisation {
  readonly mean: RgbTriple
  readonly scale: RgbTriple
  /** The channels' order in the output. */
  readonly order: 'rgb' | 'bgr'
  /** nchw: three planes, float32 [3, height, width]; nhwc: interleaved, float32 [height, width, 3]. */
  readonly layout: 'nchw' | 'nhwc'
}

/** Throws where the sizes do not fit together: these would be mistakes of the program, not of a file. */
export function checkImage({ pixels, width, height }: RgbImage): void {
  if (!isSide(width) || !isSide(height))
    throw new RangeError(`Expected width and height to be whole numbers from 1, got ${width} × ${height}.`)
  const expected = width * height * 3
  if (pixels.length !== expected)
    throw new RangeError(`Expected ${expected} bytes of pixels for ${width} × ${height}, got ${pixels.length}.`)
}

/** A side or both → both, checked. */
export function imageSize(size: number | ImageSize): ImageSize {
  const { width, height } = typeof size === 'number' ? { width: size, height: size } : size
  if (!isSide(width) || !isSide(height))
    throw new RangeError(`Expected the target size to be whole numbers from 1, got ${width} × ${height}.`)
  return { width, height }
}

/** Throws unless `length` floats hold an image of `size` from `offset` on. */
export function checkOutput(length: number, offset: number, { width, height }: ImageSize): void {
  const end = offset + 3 * width * height
  if (!Number.isInteger(offset) || offset < 0 || end > length)
    throw new RangeError(`Expected room for floats ${offset} to ${end}, got ${length} floats.`)
}

function isSide(value: number): boolean {
  return Number.isInteger(value) && value >= 1
}
