import PQueue from 'p-queue'
import type { Floats } from '../base/floats.js'
import { threadSeconds } from '../base/thread-seconds.js'
import type { CodeArray, Dtype } from '../cache/dtype.js'
import { createSession, type Output, type Session } from '../engine/onnx-session.js'
import { BadImage } from '../images/bad-image.js'
import { decodeImage } from '../images/decode.js'
import type { RgbImage } from '../images/pixels.js'
import { Resampler } from '../images/resampler.js'
import { sniffFormat } from '../images/sniff.js'
import { createFloat16, type Float16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import type { BatchRequest, BatchResult, Refusal, WorkerSetup } from './messages.js'

/** A batch as the network takes it: the good images' inputs one behind the other. */
export interface PreparedBatch {
  readonly input: Floats
  /** Positions of the good images in the request. */
  readonly good: readonly number[]
  readonly refused: readonly Refusal[]
}

/** Images that may unfold to more than a few megabytes of pixels are decoded two at a time; see `isSmall`. */
const largeAtOnce = 2
const smallJpegBytes = 2 ** 18

/** Turns the bytes of image files into codes, a batch at a time; its buffers are reused. */
export class BatchCoder {
  readonly #setup: WorkerSetup
  readonly #session: Session
  readonly #resampler: Resampler
  readonly #float16: Float16
  readonly #large = new PQueue({ concurrency: largeAtOnce })
  /** Inputs that no batch is using. */
  readonly #spare: Floats[] = []

  private constructor(setup: WorkerSetup, session: Session) {
    this.#setup = setup
    this.#session = session
    const kernels = createKernels()
    this.#resampler = new Resampler(kernels)
    this.#float16 = createFloat16(kernels)
  }

  static async create(setup: WorkerSetup): Promise<BatchCoder> {
    return new BatchCoder(setup, await createSession(setup.model, setup.threads))
  }

  /** Frees the network's memory. */
  close(): Promise<void> {
    return this.#session.release()
  }

  /** Decodes the images and resizes each as soon as it is decoded, so that its pixels go again; bad ones are named. */
  async prepare(images: readonly Uint8Array[]): Promise<PreparedBatch> {
    const length = 3 * this.#setup.size ** 2
    const input = this.#takeInput(images.length)
    const refused: Refusal[] = []
    const good: number[] = []
    const one = async (bytes: Uint8Array, at: number) => {
      try {
        this.#resize(await this.#decode(bytes), input, at * length)
        good.push(at)
      } catch (error) {
        if (!(error instanceof BadImage)) throw error
        refused.push({ at, cause: error.code, reason: error.message })
      }
    }
    await Promise.all(images.map((bytes, at) => (isSmall(bytes) ? one(bytes, at) : this.#large.add(() => one(bytes, at)))))
    good.sort((a, b) => a - b)
    good.forEach((at, slot) => {
      if (slot < at) input.copyWithin(slot * length, at * length, (at + 1) * length)
    })
    return { input, good, refused }
  }

  /** The codes of the images that are good. */
  async code({ id, dtype }: BatchRequest, { input, good, refused }: PreparedBatch): Promise<BatchResult> {
    if (good.length === 0) return { id, refused, dtype, shape: [], codes: new Uint16Array(0), forward: 0 }
    const started = threadSeconds()
    const { data, dims } = await this.#forward(input, good.length)
    const forward = threadSeconds() - started
    this.#spare.push(input)
    const length = data.length / good.length
    const rows = good.map((_, row) => data.subarray(row * length, (row + 1) * length))
    const shape = dims.length > 1 ? dims.slice(1) : [1]
    const stored = this.#store(rows, length, dtype)
    if (stored) return { id, refused, shape, forward, ...stored }
    const strange = good.flatMap((at, row) => (isFiniteRow(rows[row] ?? data) ? [] : [notFinite(at)]))
    const finite = this.#store(rows.filter(isFiniteRow), length, dtype)
    return { id, refused: [...refused, ...strange], shape, forward, dtype, codes: new Uint16Array(0), ...finite }
  }

  /** A spare input of room for so many images, whole fixed batches of them. */
  #takeInput(images: number): Floats {
    const { size, fixedBatch = 1 } = this.#setup
    const needed = Math.ceil(images / fixedBatch) * fixedBatch * 3 * size ** 2
    const spare = this.#spare.pop()
    return spare && spare.length >= needed ? spare : new Float32Array(needed)
  }

  #decode(bytes: Uint8Array): Promise<RgbImage> {
    const { exif, alpha } = this.#setup.preprocessing
    return decodeImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { exif, alpha })
  }

  #resize(image: RgbImage, input: Floats, offset: number): void {
    const { size, layout, preprocessing } = this.#setup
    const { order, mean, scale } = preprocessing
    this.#resampler.resizeInto(image, size, { order, mean, scale, layout }, input, offset)
  }

  /** Runs the first images of the input; a fixed batch as often as it takes, what lies behind the last image thrown away. */
  async #forward(input: Floats, images: number): Promise<Output> {
    const { size, layout, fixedBatch } = this.#setup
    const count = fixedBatch ?? images
    const length = 3 * size ** 2
    const dims = layout === 'nchw' ? [count, 3, size, size] : [count, size, size, 3]
    const outputs: Output[] = []
    for (let from = 0; from < images; from += count) {
      outputs.push(await this.#session.run(input.subarray(from * length, (from + count) * length), dims))
    }
    return joinRows(outputs, images)
  }

  /**
   * Rounds to float16 unless float32 is asked for or a value does not fit, which makes the whole batch float32.
   *
   * Returns undefined where a number is NaN or infinite.
   */
  #store(rows: readonly Float32Array[], length: number, dtype: Dtype): { dtype: Dtype; codes: CodeArray } | undefined {
    if (dtype === 'float16') {
      const codes = new Uint16Array(rows.length * length)
      const reports = rows.map((row, at) => this.#float16.toFloat16(row, codes.subarray(at * length, (at + 1) * length)))
      if (reports.some((report) => report.nonFinite)) return undefined
      if (!reports.some((report) => report.overflow)) return { dtype, codes }
    }
    if (!rows.every(isFiniteRow)) return undefined
    const codes = new Float32Array(rows.length * length)
    rows.forEach((row, at) => {
      codes.set(row, at * length)
    })
    return { dtype: 'float32', codes }
  }
}

/** Whether an image can only be small: a JPEG of few bytes. Other formats may unfold a few bytes to any size. */
const isSmall = (bytes: Uint8Array) => bytes.length <= smallJpegBytes && sniffFormat(bytes) === 'jpeg'

const notFinite = (at: number): Refusal => ({ at, cause: 'not-finite', reason: 'The network gave NaN or infinite numbers for it.' })

/** Whether no number of the code is NaN or infinite: then x − x is 0 for all of them, and so is the sum. */
function isFiniteRow(row: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += (row[i] as number) - (row[i] as number)
  return sum === 0
}

/** The first `rows` rows of batches in a row. */
function joinRows(outputs: readonly Output[], rows: number): Output {
  const [first, ...others] = outputs
  if (!first) throw new Error('Expected at least one batch')
  const [count = 1, ...shape] = first.dims
  const length = first.data.length / count
  const dims = [rows, ...shape]
  if (others.length === 0) return { data: first.data.subarray(0, rows * length), dims }
  const data = new Float32Array(outputs.length * first.data.length)
  outputs.forEach((output, at) => {
    data.set(output.data, at * first.data.length)
  })
  return { data: data.subarray(0, rows * length), dims }
}
