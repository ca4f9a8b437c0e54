import type { BufferStock } from '../base/buffer-stock.js'
import type { Floats } from '../base/floats.js'
import { threadSeconds } from '../base/thread-seconds.js'
import type { CodeArray, Dtype } from '../cache/dtype.js'
import type { Output, Session } from '../engine/onnx-session.js'
import { isOutOfMemory, notEnoughMemory } from '../engine/out-of-memory.js'
import type { Float16 } from '../kernels/float16.js'
import type { NetworkInput, NetworkResult, NetworkSetup, Refusal } from './messages.js'
import { inputLength } from './network-inputs.js'

/** What the coders of a thread share. */
export interface CoderTools {
  readonly float16: Float16
  /** Memory for codes. */
  readonly stock: BufferStock
}

/** Turns a network's inputs into codes. */
export class NetworkCoder {
  readonly #setup: NetworkSetup
  readonly #session: Session
  readonly #float16: Float16
  readonly #stock: BufferStock
  /** Where the network writes its result; used again by the next batch. */
  #result: Floats = new Float32Array(0)
  /** Images that memory holds at a time, as far as is known. */
  #most = Number.POSITIVE_INFINITY

  constructor(setup: NetworkSetup, session: Session, { float16, stock }: CoderTools) {
    this.#setup = setup
    this.#session = session
    this.#float16 = float16
    this.#stock = stock
  }

  /** Frees the network's memory. */
  close(): Promise<void> {
    return this.#session.release()
  }

  /** The codes of the images that are good. */
  async code({ input, good, refused }: NetworkInput, dtype: Dtype): Promise<NetworkResult> {
    if (good.length === 0) return { refused, dtype, shape: [], codes: new Uint16Array(0), forward: 0, heldBatch: undefined }
    const started = threadSeconds()
    const { data, dims } = await this.#forward(input, good.length)
    const forward = threadSeconds() - started
    const length = data.length / good.length
    const rows = good.map((_, row) => data.subarray(row * length, (row + 1) * length))
    const shape = dims.length > 1 ? dims.slice(1) : [1]
    const heldBatch = this.#most < good.length ? this.#most : undefined
    const stored = this.#store(rows, length, dtype)
    if (stored) return { refused, shape, forward, heldBatch, ...stored }
    const strange = good.flatMap((at, row) => (isFiniteRow(rows[row] ?? data) ? [] : [notFinite(at)]))
    const finite = this.#store(rows.filter(isFiniteRow), length, dtype)
    return { refused: [...refused, ...strange], shape, forward, heldBatch, dtype, codes: new Uint16Array(0), ...finite }
  }

  /**
   * Runs the first images of the input, as many at a time as memory holds; a fixed batch as often as it takes, what lies behind
   * the last image thrown away.
   *
   * @throws UserError where memory does not hold one image, or the fixed batch.
   */
  async #forward(input: Floats, images: number): Promise<Output> {
    const { fixedBatch } = this.#setup
    const most = fixedBatch ?? Math.min(images, this.#most)
    try {
      return await this.#inBatches(input, images, most)
    } catch (error) {
      if (!isOutOfMemory(error)) throw error
      if (fixedBatch !== undefined || most === 1) throw notEnoughMemory(error, { images: most, size: this.#setup.size })
      this.#most = most >> 1
      return this.#forward(input, images)
    }
  }

  async #inBatches(input: Floats, images: number, most: number): Promise<Output> {
    const { size, layout, fixedBatch } = this.#setup
    const length = inputLength(this.#setup)
    const outputs: Output[] = []
    for (let from = 0; from < images; from += most) {
      const count = fixedBatch ?? Math.min(most, images - from)
      const dims = layout === 'nchw' ? [count, 3, size, size] : [count, size, size, 3]
      // What several runs give must not lie in the same memory.
      const into = images <= most ? this.#result : undefined
      outputs.push(await this.#session.run(input.subarray(from * length, (from + count) * length), dims, into))
    }
    const joined = joinRows(outputs, images)
    if (joined.data.length > this.#result.length) this.#result = new Float32Array(joined.data.length)
    return joined
  }

  /**
   * Rounds to float16 unless float32 is asked for or a value does not fit, which makes the whole batch float32.
   *
   * Returns undefined where a number is NaN or infinite.
   */
  #store(rows: readonly Float32Array[], length: number, dtype: Dtype): { dtype: Dtype; codes: CodeArray } | undefined {
    if (dtype === 'float16') {
      const count = rows.length * length
      const codes = new Uint16Array(this.#stock.take(count * 2), 0, count)
      const reports = rows.map((row, at) => this.#float16.toFloat16(row, codes.subarray(at * length, (at + 1) * length)))
      if (reports.some((report) => report.nonFinite)) return undefined
      if (!reports.some((report) => report.overflow)) return { dtype, codes }
    }
    if (!rows.every(isFiniteRow)) return undefined
    const count = rows.length * length
    const codes = new Float32Array(this.#stock.take(count * 4), 0, count)
    rows.forEach((row, at) => {
      codes.set(row, at * length)
    })
    return { dtype: 'float32', codes }
  }
}

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
  const data = new Float32Array(rows * length)
  outputs.forEach((output, at) => {
    const from = at * first.data.length
    data.set(output.data.subarray(0, data.length - from), from)
  })
  return { data, dims }
}
