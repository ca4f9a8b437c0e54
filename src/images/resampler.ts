import type { Kernels } from '../kernels/kernels.js'
import { fitImage, type ImageFit, type PillowRule } from './fit-image.js'
import { checkImage, checkOutput, type ImageSize, imageSize, type Normalisation, type RgbImage } from './pixels.js'
import { type Filter, type ResampledAxis, resampleTable } from './resample-coefficients.js'
import { type ResampleLayout, resampleLayout } from './resample-layout.js'
import { normaliseInto } from './resample-normalise.js'
import { type PackedTable, packTable } from './resample-packed.js'
import type { ResizeRule } from './resize-rule.js'
import { tfBilinearInto } from './tf-bilinear.js'

/** Tables kept, one for each (filter, input side, output side) met lately; about 10 KiB each for photographs. */
const TABLES_KEPT = 128

/** What becomes of an image between its decoding and the network. */
export interface InputRules extends Normalisation {
  /** Default squish. */
  readonly resize?: ResizeRule | undefined
}

/**
 * Pillow's 8-bit resize (horizontal pass first), and TensorFlow's in floats, by WebAssembly SIMD, with the network's normalisation behind it.
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
  resize(image: RgbImage, size: number | ImageSize, rule: PillowRule = 'squish'): Uint8Array {
    checkImage(image)
    const target = imageSize(size)
    const { bytes, stride } = this.#resample(image, target, rule)
    const rowBytes = target.width * 3
    const pixels = new Uint8Array(target.height * rowBytes)
    for (let y = 0; y < target.height; y++) {
      pixels.set(new Uint8Array(this.#kernels.memory.buffer, bytes + y * stride, rowBytes), y * rowBytes)
    }
    return pixels
  }

  /** The resized image, normalised, as float32 into `out` from `offset` on (3 · width · height values). */
  resizeInto(image: RgbImage, size: number | ImageSize, rules: InputRules, out: Float32Array, offset: number): void {
    const { resize = 'squish' } = rules
    checkImage(image)
    const target = imageSize(size)
    checkOutput(out.length, offset, target)
    if (resize === 'tf-bilinear') tfBilinearInto(this.#kernels, image, target, rules, out.subarray(offset))
    else normaliseInto(this.#kernels, this.#resample(image, target, resize), target, rules, out, offset)
  }

  /** Both passes; the result lies at `bytes` of the layout returned. */
  #resample(image: RgbImage, target: ImageSize, rule: PillowRule): ResampleLayout {
    const fit = fitImage(image, target, rule)
    const across = this.#table(fit.across, fit.filter)
    const down = this.#table(fit.down, fit.filter)
    const kernels = this.#kernels
    const needed = rowsOf(image, down)
    const layout = resampleLayout(kernels.base, needed, target, { across, down })
    kernels.scratch(layout.end - kernels.base)
    const words = new Int32Array(kernels.memory.buffer)
    words.set(across.words, layout.across / 4)
    words.set(down.words, layout.down / 4)
    if (!isCovered(target, fit)) new Uint8Array(kernels.memory.buffer).fill(0, layout.wide, layout.floats)
    this.#horizontal(needed, fit, layout, across)
    const top = layout.bytes + fit.down.at * layout.stride
    kernels.resampleVertical(layout.wide, top, layout.stride, layout.down, down.stride, fit.down.length)
    return layout
  }

  /** The horizontal pass, strip by strip; a strip's surplus rows (up to three) are written over by the next one or never used. */
  #horizontal({ pixels, width, height }: RgbImage, { across }: ImageFit, layout: ResampleLayout, table: PackedTable): void {
    const rowBytes = width * 3
    const memory = new Uint8Array(this.#kernels.memory.buffer)
    const source = layout.strip + table.begin * 3
    for (let y = 0; y < height; y += layout.stripRows) {
      const rows = Math.min(layout.stripRows, height - y)
      memory.set(pixels.subarray(y * rowBytes, (y + rows) * rowBytes), layout.strip)
      const target = layout.wide + y * layout.stride + across.at * 3
      this.#kernels.resampleHorizontal(source, rowBytes, rows, target, layout.stride, layout.across, table.stride, across.length)
    }
  }

  /** From the tables kept, the least recently used one making room. */
  #table(axis: ResampledAxis, filter: Filter): PackedTable {
    const key = `${filter}:${axis.input}:${axis.scaled}:${axis.from}:${axis.length}`
    const table = this.#tables.get(key) ?? packTable(resampleTable(axis, filter))
    this.#tables.delete(key)
    this.#tables.set(key, table)
    if (this.#tables.size > TABLES_KEPT) {
      const [oldest] = this.#tables.keys()
      if (oldest !== undefined) this.#tables.delete(oldest)
    }
    return table
  }
}

/** The rows of an image that a vertical pass reads. */
function rowsOf({ pixels, width }: RgbImage, { begin, end }: PackedTable): RgbImage {
  return { pixels: pixels.subarray(begin * width * 3, end * width * 3), width, height: end - begin }
}

function isCovered({ width, height }: ImageSize, { across, down }: ImageFit): boolean {
  return across.length === width && down.length === height
}
