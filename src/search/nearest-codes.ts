import { inStorageOrder, storageOrder } from '../cache/storage-order.js'
import { createGemm, type Matrix, matrix, rowsOf } from '../engine/gemm.js'
import type { OpenedCodes } from '../evaluate/open-reader.js'
import { dot } from '../heads/vector.js'
import { type Near, TopList } from './top-list.js'

export interface NearestOptions {
  /** Samples to find for each query. */
  readonly top: number
  /** Whether a sample may be found by a query; default: each by each. */
  readonly isWanted?: ((query: number, sample: number) => boolean) | undefined
  /** Codes that are in memory at once, default as many as 32 MiB hold. */
  readonly block?: number | undefined
  /** Told of samples dealt with, of all. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined
}

/** Bytes of the codes that are in memory at once. */
const blockBytes = 32 * 2 ** 20

/**
 * The samples with the largest cosine similarity to each query [queries, D], exactly: the nearest first, equally near ones in the order
 * of the data set. A code of zeros has the similarity 0 to everything.
 *
 * Codes are read once, block by block in the order of storage. A float32 product of the block with the queries tells which samples
 * may be among the nearest, by a bound on its rounding; only their similarities are computed in double precision and compared.
 *
 * @throws UserError when a code cannot be read or is not finite.
 */
export async function nearestCodes({ reader, keys }: OpenedCodes, queries: Matrix, options: NearestOptions): Promise<(readonly Near[])[]> {
  const { top, isWanted, onProgress, block = Math.max(1, Math.floor(blockBytes / 4 / reader.length)) } = options
  const { position } = storageOrder(reader, keys)
  const order = inStorageOrder(
    Int32Array.from(keys, (_, sample) => sample),
    (sample) => position[sample] ?? 0,
  )
  const wanted = Array.from({ length: queries.rows }, (_, row) => new WantedCode(rowsOf(queries, row, row + 1).data, top))
  const units = unitRows(queries)
  const [codes, products] = [matrix(Math.min(block, order.length), reader.length), matrix(block, queries.rows)]
  const gemm = createGemm()
  for (let from = 0; from < order.length; from += block) {
    const samples = order.subarray(from, from + block)
    const some = rowsOf(codes, 0, samples.length)
    reader.read(
      Array.from(samples, (sample) => keys[sample] ?? ''),
      some.data,
    )
    const { data } = await gemm(some, units, { transposeB: true, out: products.data })
    for (const [row, sample] of samples.entries()) {
      const code = rowsOf(some, row, row + 1).data
      const square = dot(code, code)
      for (const [query, one] of wanted.entries()) {
        const product = data[row * queries.rows + query] ?? 0
        if (one.mayHold(product, square) && (isWanted?.(query, sample) ?? true)) one.add(sample, { code, square })
      }
    }
    onProgress?.(from + samples.length, order.length)
  }
  return wanted.map(({ nearest }) => nearest.entries)
}

/** Rows of length 1, as far as float32 goes: no product with a code can overflow. */
function unitRows(queries: Matrix): Matrix {
  const units = matrix(queries.rows, queries.columns)
  for (let row = 0; row < queries.rows; row++) {
    const { data } = rowsOf(queries, row, row + 1)
    const square = dot(data, data)
    const factor = square > 0 ? 1 / Math.sqrt(square) : 0
    rowsOf(units, row, row + 1).data.set(data.map((value) => value * factor))
  }
  return units
}

/** A query's code and the samples nearest to it. */
class WantedCode {
  readonly nearest: TopList
  readonly #code: Matrix['data']
  readonly #square: number
  readonly #margin: number

  constructor(code: Matrix['data'], top: number) {
    this.nearest = new TopList(top)
    this.#code = code
    this.#square = dot(code, code)
    // Σ of D products of float32 numbers, in whatever order, is off by D 2⁻²⁴ ‖a‖ ‖b‖ at most (Higham, 2002, section 3.1); twice that
    // leaves room for the rounding of the unit vector.
    this.#margin = (code.length + 8) * 2 ** -23
  }

  /** Whether a code x of this product with the query's unit vector, and of ‖x‖² = `square`, may be among the nearest. */
  mayHold(product: number, square: number): boolean {
    const { least } = this.nearest
    return least === undefined || product >= (least - this.#margin) * Math.sqrt(square)
  }

  /** @param of the sample's code x, and ‖x‖². */
  add(sample: number, { code, square }: { readonly code: Matrix['data']; readonly square: number }): void {
    // √(s · s) is s: equal codes have the similarity 1, not nearly 1.
    const norms = Math.sqrt(square * this.#square)
    const similarity = norms > 0 ? dot(code, this.#code) / norms : 0
    this.nearest.add({ sample, similarity: Math.max(-1, Math.min(1, similarity)) })
  }
}
