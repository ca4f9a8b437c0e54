import { UserError } from '../base/errors.js'
import { type Random, seededRandom, shuffle } from '../base/random.js'
import type { CodeReader } from './code-reader.js'
import { type Dtype, dtypeBytes } from './dtype.js'
import { inStorageOrder, storageOrder } from './storage-order.js'

/** Codes that are in memory together, to be trained on in mini-batches. Valid until the next window is asked for. */
export interface CodeWindow {
  /** float16 (as bits) where all codes are stored so and nothing is pooled, else float32. */
  readonly dtype: Dtype
  /** Numbers in a code. */
  readonly columns: number
  readonly rows: number
  /** [rows, columns], in the order of storage; may be longer. Threads may share it. */
  readonly buffer: SharedArrayBuffer
  /** Sample of each row. */
  readonly samples: Int32Array
  /** The rows, shuffled: the order in which they are to be trained on. */
  readonly order: Int32Array
}

export interface CodeWindowOptions {
  /** Bytes that a window may take. */
  readonly memory: number
  readonly seed: number
  /** Rows of a batch: only the last window of an epoch may hold a part of one. Default 1. */
  readonly batch?: number | undefined
  /** Memory for the windows, where it is large enough: that of others, which are of no more use then. */
  readonly buffer?: SharedArrayBuffer | undefined
}

export interface CodeWindows {
  /** Windows of an epoch: one where all fits into it. */
  readonly count: number
  /** The memory of the windows. */
  readonly buffer: SharedArrayBuffer
  /** The windows of an epoch (0, 1, …); the same seed, epoch and memory give the same rows in the same order. */
  windows(epoch: number): AsyncGenerator<CodeWindow>
}

/** Most that is read in one piece; 128 pieces from all over the data set make a window that is mixed well. */
const chunkBytes = 2 * 2 ** 20
const chunksPerWindow = 128

/**
 * Codes of samples in shuffled windows for mini-batches.
 *
 * Where all fits into memory it is one window, read once and kept over the epochs, and each epoch's shuffle is a full one. Else
 * chunks of consecutively stored rows are shuffled and laid end to end; each window takes the next rows of that, reads them in the
 * order of storage, and shuffles them among each other.
 *
 * @param images sha256 of each sample's image, in hex; `samples` are those to train on.
 * @throws UserError when not even a batch fits, or a code cannot be read.
 */
export function openCodeWindows(
  reader: CodeReader,
  { images, samples }: { readonly images: readonly string[]; readonly samples: Int32Array },
  { memory, seed, batch = 1, buffer: spare }: CodeWindowOptions,
): CodeWindows {
  const imageOf = (sample: number) => images[sample] ?? ''
  const { position } = storageOrder(reader, Array.from(samples, imageOf))
  const stored = inStorageOrder(numbersTo(samples.length), (at) => position[at] ?? 0).map((at) => samples[at] ?? 0)
  const plan = planWindows(reader, Array.from(stored, imageOf), memory, batch)
  const bytes = plan.rows * reader.length * dtypeBytes(plan.dtype)
  const buffer = spare && spare.byteLength >= bytes ? spare : new SharedArrayBuffer(bytes)
  const window = new WindowBuffer(reader, plan.dtype, buffer)
  return {
    count: plan.count,
    buffer,
    async *windows(epoch) {
      const random = seededRandom(Math.imul(seed, 0x9e3779b1) + epoch)
      const rows = plan.count === 1 ? numbersTo(stored.length) : chunkOrder(stored.length, plan.chunk, random)
      for (let from = 0; from < rows.length; from += plan.rows) {
        const taken = rows
          .slice(from, from + plan.rows)
          .sort()
          .map((row) => stored[row] ?? 0)
        window.hold(taken, imageOf)
        yield { ...plan, columns: reader.length, rows: taken.length, buffer, samples: taken, order: shuffledRows(taken, random) }
      }
    },
  }
}

interface WindowPlan {
  readonly dtype: Dtype
  readonly count: number
  /** Rows of a window, the last one's may be fewer. */
  readonly rows: number
  /** Rows that are read together. */
  readonly chunk: number
}

function planWindows(reader: CodeReader, images: readonly string[], memory: number, batch: number): WindowPlan {
  const dtype = reader.dtypeOf(images)
  const rowBytes = reader.length * dtypeBytes(dtype)
  const batches = Math.floor(memory / rowBytes / batch)
  if (images.length * rowBytes <= memory) return { dtype, count: 1, rows: images.length, chunk: images.length }
  if (batches === 0)
    throw new UserError(
      `Expected the memory for codes to hold a batch of ${batch}, ${batch * rowBytes} bytes, found ${Math.floor(memory)}. Use a larger --memory, a smaller --batch, or --pool avg.`,
    )
  const count = Math.ceil(images.length / (batches * batch))
  const rows = batch * Math.ceil(images.length / count / batch)
  return { dtype, count, rows, chunk: Math.max(1, Math.floor(Math.min(chunkBytes / rowBytes, rows / chunksPerWindow))) }
}

/** A window's memory, and what is in it. */
class WindowBuffer {
  readonly #reader: CodeReader
  readonly #codes: Uint16Array | Float32Array
  #held: Int32Array | undefined

  constructor(reader: CodeReader, dtype: Dtype, buffer: SharedArrayBuffer) {
    this.#reader = reader
    this.#codes = dtype === 'float16' ? new Uint16Array(buffer) : new Float32Array(buffer)
  }

  /** Reads the codes of some samples, unless they are there already. */
  hold(samples: Int32Array, imageOf: (sample: number) => string): void {
    const held = this.#held
    if (held?.length === samples.length && samples.every((sample, row) => held[row] === sample)) return
    this.#held = undefined // a read that fails leaves some of both
    this.#reader.read(Array.from(samples, imageOf), this.#codes.subarray(0, samples.length * this.#reader.length))
    this.#held = samples
  }
}

/** Rows 0 … n − 1 in chunks of neighbours, the chunks shuffled. */
function chunkOrder(n: number, chunk: number, random: Random): Int32Array {
  const chunks = shuffle(numbersTo(Math.ceil(n / chunk)), random)
  const rows = Array.from(chunks, (at) => numbersTo(Math.min(chunk, n - at * chunk)).map((row) => at * chunk + row))
  const order = new Int32Array(n)
  let filled = 0
  for (const some of rows) {
    order.set(some, filled)
    filled += some.length
  }
  return order
}

/** The rows of some samples, shuffled in a way that depends on the samples alone, not on where their codes are stored. */
function shuffledRows(samples: Int32Array, random: Random): Int32Array {
  const bySample = numbersTo(samples.length).sort((a, b) => (samples[a] ?? 0) - (samples[b] ?? 0))
  return shuffle(bySample, random)
}

const numbersTo = (n: number) => Int32Array.from({ length: n }, (_, at) => at)
