import type { Kernels } from '../kernels/kernels.js'
import { checkImage, checkOutput, type ImageSize, imageSize, type Normalisation, type RgbImage } from './pixels.js'
import { resampleTable } from './resample-coefficients.js'
import { type ResampleLayout, resampleLayout } from './resample-layout.js'
import { normaliseInto } from './resample-normalise.js'
import { type PackedTable, packTable } from './resample-packed.js'

/** Tables kept, one for each (input side, output side) met lately; about 10 KiB each for photographs. */
const TABLES_KEPT = 128

/**
 * Pillow's 8-bit bilinear resize (antialiased, horizontal pass first) by WebAssembly SIMD, with the network's normalisation behind it.
 *
 * Holds only coefficient tables; the buffers are the kernels' working memory, reused from image to image.
 */
export class Resampler {
  readonly #kernels: Kernels
  readonly #tables = new Map<string, PackedTable>()

  constructor(kernels: Kernels) {
    this.#kernels = kernels
  }

  /** The resized image: uint8 [size.height, size.width, 3]. */
  resize(image: RgbImage, size: number | ImageSize): Uint8Array {
    checkImage(image)
    const target = imageSize(size)
    const { bytes, stride } = this.#resample(image, target)
    const rowBytes = target.width * 3
    const pixels = new Uint8Array(target.height * rowBytes)
    for (let y = 0; y < target.height; y++) {
      pixels.set(new Uint8Array(this.#kernels.memory.buffer, bytes + y * stride, rowBytes), y * rowBytes)
    }
    return pixels
  }

  /** The resized image, normalised, as float32 into `out` from `offset` on (3 · width · height values). */
  resizeInto(image: RgbImage, size: number | ImageSize, normalise: Normalisation, out: Float32Array, offset: number): void {
    checkImage(image)
    const target = imageSize(size)
    checkOutput(out.length, offset, target)
    normaliseInto(this.#kernels, this.#resample(image, target), target, normalise, out, offset)
  }

  /** Both passes; the result lies at `bytes` of the layout returned. */
  #resample(image: RgbImage, target: ImageSize): ResampleLayout {
    const across = this.#table(image.width, target.width)
    const down = this.#table(image.height, target.height)
    const kernels = this.#kernels
    const layout = resampleLayout(kernels.base, image, target, { across, down })
    kernels.scratch(layout.end - kernels.base)
    const words = new Int32Array(kernels.memory.buffer)
    words.set(across.words, layout.across / 4)
    words.set(down.words, layout.down / 4)
    this.#horizontal(image, target.width, layout, across.stride)
    kernels.resampleVertical(layout.wide, layout.bytes, layout.stride, layout.down, down.stride, target.height)
    return layout
  }

  /** The horizontal pass, strip by strip; a strip's surplus rows (up to three) are written over by the next one or never used. */
  #horizontal({ pixels, width, height }: RgbImage, outWidth: number, layout: ResampleLayout, tableStride: number): void {
    const rowBytes = width * 3
    const memory = new Uint8Array(this.#kernels.memory.buffer)
    for (let y = 0; y < height; y += layout.stripRows) {
      const rows = Math.min(layout.stripRows, height - y)
      memory.set(pixels.subarray(y * rowBytes, (y + rows) * rowBytes), layout.strip)
      const target = layout.wide + y * layout.stride
      this.#kernels.resampleHorizontal(layout.strip, rowBytes, rows, target, layout.stride, layout.across, tableStride, outWidth)
    }
  }

  /** From the tables kept, the least recently used one making room. */
  #table(input: number, output: number): PackedTable {
    const key = `${input}:${output}`
    const table = this.#tables.get(key) ?? packTable(resampleTable(input, output))
    this.#tables.delete(key)
    this.#tables.set(key, table)
    if (this.#tables.size > TABLES_KEPT) {
      const [oldest] = this.#tables.keys()
      if (oldest !== undefined) this.#tables.delete(oldest)
    }
    return table
  }
}
