import type { Floats } from '../base/floats.js'
import { threadSeconds } from '../base/thread-seconds.js'
import type { CodeArray, Dtype } from '../cache/dtype.js'
import { createSession, type Output, type Session } from '../engine/onnx-session.js'
import { BadImage } from '../images/bad-image.js'
import { decodeImage } from '../images/decode.js'
import type { RgbImage } from '../images/pixels.js'
import { Resampler } from '../images/resampler.js'
import { createFloat16, type Float16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'
import type { BatchRequest, BatchResult, Refusal, WorkerSetup } from './messages.js'

/** Decoded images of a batch, or why there is none. */
type Decoded = readonly (RgbImage | BadImage)[]

/** Turns the bytes of image files into codes, a batch at a time; its buffers are reused. */
export class BatchCoder {
  readonly #setup: WorkerSetup
  readonly #session: Session
  readonly #resampler: Resampler
  readonly #float16: Float16
  #input: Floats = new Float32Array(0)
  /** CPU seconds of the forward passes of the batch. */
  #seconds = 0

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

  /** Decodes the images side by side; a bad one is returned, not thrown. */
  decode(images: readonly Uint8Array[]): Promise<Decoded> {
    const { exif, alpha } = this.#setup.preprocessing
    return Promise.all(
      images.map(async (bytes) => {
        try {
          return await decodeImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { exif, alpha })
        } catch (error) {
          if (error instanceof BadImage) return error
          throw error
        }
      }),
    )
  }

  /** The codes of the decoded images that are good. */
  async code({ id, dtype }: BatchRequest, decoded: Decoded): Promise<BatchResult> {
    const refused = decoded.flatMap((image, at): Refusal[] =>
      image instanceof BadImage ? [{ at, cause: image.code, reason: image.message }] : [],
    )
    const images = decoded.flatMap((image) => (image instanceof BadImage ? [] : [image]))
    if (images.length === 0) return { id, refused, dtype, shape: [], codes: new Uint16Array(0), forward: 0 }
    this.#seconds = 0
    const { data, dims } = await this.#forward(images)
    const forward = this.#seconds
    const length = data.length / images.length
    const rows = images.map((_, row) => data.subarray(row * length, (row + 1) * length))
    const shape = dims.length > 1 ? dims.slice(1) : [1]
    const stored = this.#store(rows, length, dtype)
    if (stored) return { id, refused, shape, forward, ...stored }
    const good = decoded.flatMap((image, at) => (image instanceof BadImage ? [] : [at]))
    rows.forEach((row, at) => {
      if (!isFiniteRow(row))
        refused.push({ at: good[at] ?? 0, cause: 'not-finite', reason: 'The network gave NaN or infinite numbers for it.' })
    })
    const finite = this.#store(rows.filter(isFiniteRow), length, dtype)
    return { id, refused, shape, forward, dtype, codes: new Uint16Array(0), ...finite }
  }

  /** Resizes the images into the batch and runs it; a fixed batch is filled up and run as often as it takes. */
  async #forward(images: readonly RgbImage[]): Promise<Output> {
    const { size, layout, fixedBatch, preprocessing } = this.#setup
    const { order, mean, scale } = preprocessing
    const count = fixedBatch ?? images.length
    const length = 3 * size * size
    if (this.#input.length !== count * length) this.#input = new Float32Array(count * length)
    const dims = layout === 'nchw' ? [count, 3, size, size] : [count, size, size, 3]
    const outputs: Output[] = []
    for (let from = 0; from < images.length; from += count) {
      images.slice(from, from + count).forEach((image, at) => {
        this.#resampler.resizeInto(image, size, { order, mean, scale, layout }, this.#input, at * length)
      })
      const started = threadSeconds()
      outputs.push(await this.#session.run(this.#input, dims))
      this.#seconds += threadSeconds() - started
    }
    return outputs.length === 1 ? trim(outputs[0], images.length) : join(outputs, images.length)
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

/** Whether no number of the code is NaN or infinite: then x − x is 0 for all of them, and so is the sum. */
function isFiniteRow(row: Float32Array): boolean {
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += (row[i] as number) - (row[i] as number)
  return sum === 0
}

function trim(output: Output | undefined, rows: number): Output {
  return join(output ? [output] : [], rows)
}

/** The first `rows` rows of batches in a row. */
function join(outputs: readonly Output[], rows: number): Output {
  const [first, ...others] = outputs
  if (!first) throw new Error('Expected at least one batch')
  const [count = 1, ...shape] = first.dims
  const length = first.data.length / count
  if (others.length === 0) return { data: first.data.subarray(0, rows * length), dims: [rows, ...shape] }
  const data = new Float32Array(outputs.length * first.data.length)
  outputs.forEach((output, at) => {
    data.set(output.data, at * first.data.length)
  })
  return { data: data.subarray(0, rows * length), dims: [rows, ...shape] }
}
