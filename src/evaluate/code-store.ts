import type { CodeReader } from '../cache/code-reader.js'
import { inStorageOrder, type StorageOrder, storageOrder } from '../cache/storage-order.js'
import { type Matrix, matrix, rowsOf } from '../engine/gemm.js'
import type { CodeBlocks } from '../heads/code-blocks.js'
import { createFloat16 } from '../kernels/float16.js'
import { createKernels } from '../kernels/kernels.js'

export interface CodeStoreOptions {
  /** Codes that stay in memory as they are stored, the first in the order of storage. */
  readonly resident: number
  /** Rows of a block at most. */
  readonly blockRows: number
}

/** Codes of a data set as float32 [rows, D], from memory as far as they are kept there, else from the cache. */
export class CodeStore {
  readonly #reader: CodeReader
  readonly #order: StorageOrder
  readonly #blockRows: number
  readonly #resident: number
  readonly #kept: Uint16Array | Float32Array
  readonly #float16 = createFloat16(createKernels())
  /** Blocks that nobody uses: there is one, unless several go through the codes at the same time. */
  readonly #spare: Matrix[] = []

  /**
   * Reads what is to stay in memory.
   *
   * @param images sha256 of each sample's image, in hex.
   */
  constructor(reader: CodeReader, images: readonly string[], { resident, blockRows }: CodeStoreOptions) {
    this.#reader = reader
    this.#order = storageOrder(reader, images)
    this.#blockRows = blockRows
    const kept = this.#order.images.slice(0, resident)
    this.#resident = kept.length
    const length = kept.length * reader.length
    this.#kept = reader.read(kept, reader.dtypeOf(this.#order.images) === 'float16' ? new Uint16Array(length) : new Float32Array(length))
  }

  /** The codes of some samples, copied: [samples, D]. */
  async gather(samples: Int32Array): Promise<Matrix> {
    const out = matrix(samples.length, this.#reader.length)
    await this.blocks(samples).each((block, places) => {
      for (const [row, place] of places.entries()) out.data.set(rowsOf(block, row, row + 1).data, place * out.columns)
    })
    return out
  }

  /** The same in blocks; inside, rows follow each other in the order of storage. */
  blocks(samples: Int32Array): CodeBlocks {
    const positionOf = (place: number) => this.#order.position[samples[place] ?? 0] ?? 0
    const places = inStorageOrder(
      samples.map((_, place) => place),
      positionOf,
    )
    return {
      rows: samples.length,
      columns: this.#reader.length,
      each: async (visit) => {
        const memory = this.#spare.pop() ?? matrix(this.#blockRows, this.#reader.length)
        for (let from = 0; from < places.length; from += this.#blockRows) {
          const some = places.subarray(from, from + this.#blockRows)
          const block = rowsOf(memory, 0, some.length)
          this.#load(some.map(positionOf), block)
          await visit(block, some)
        }
        this.#spare.push(memory)
      },
    }
  }

  /** Codes at ascending positions. */
  #load(positions: Int32Array, out: Matrix): void {
    const inMemory = positions.findIndex((position) => position >= this.#resident)
    const end = inMemory < 0 ? positions.length : inMemory
    for (let from = 0; from < end; ) {
      let to = from + 1
      while (to < end && positions[to] === (positions[to - 1] as number) + 1) to++
      this.#copy(positions[from] as number, rowsOf(out, from, to))
      from = to
    }
    if (end === positions.length) return
    const images = Array.from(positions.subarray(end), (position) => this.#order.images[position] ?? '')
    this.#reader.read(images, rowsOf(out, end, positions.length).data)
  }

  /** Kept rows from `first` on. */
  #copy(first: number, { rows, columns, data }: Matrix): void {
    const codes = this.#kept.subarray(first * columns, (first + rows) * columns)
    if (codes instanceof Uint16Array) this.#float16.fromFloat16(codes, data)
    else data.set(codes)
  }
}
