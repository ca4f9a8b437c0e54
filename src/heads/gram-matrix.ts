import type { Floats } from '../base/floats.js'
import type { CodeReader } from '../cache/code-reader.js'
import { type GramKey, listGrams, readGram, writeGram } from '../cache/gram-file.js'
import { type Gemm, type Matrix, matrix, rowsOf } from '../engine/gemm.js'

/** A Gram matrix and where each image's row is. */
export interface Gram {
  /** [n, n], symmetric. */
  readonly matrix: Matrix
  /** Row of each image (sha256 in hex). */
  readonly rowOf: ReadonlyMap<string, number>
}

export interface GramOptions {
  readonly gemm: Gemm
  readonly cache: string
  readonly key: GramKey
  readonly reader: CodeReader
  /** Images that must be in it, sha256 in hex, in the order of storage. */
  readonly images: readonly string[]
  readonly onProgress?: ((share: number) => void) | undefined
}

/** Rows of a block that streams past, and bytes of the rows that stay meanwhile. */
const blockRows = 754
const residentBytes = 512 * 2 ** 20

/**
 * G = X Xᵀ of these images' codes: read where it is kept, extended by the missing rows where a part is kept, computed
 * otherwise, and kept. Its cost, N² D flops for the triangle, is paid once.
 */
export async function gramMatrix(options: GramOptions): Promise<Gram> {
  const { cache, key, images } = options
  const wanted = new Set(images)
  const kept = listGrams(cache, key).map((file) => ({ ...file, useful: file.images.filter((image) => wanted.has(image)) }))
  const best = kept.sort((a, b) => b.useful.length - a.useful.length || a.images.length - b.images.length)[0]
  const old = best && best.useful.length > 0 ? readGram(best.path) : undefined
  if (old && best?.useful.length === wanted.size) return toGram(old.images, old.gram)
  const useful = old ? (best?.useful ?? []) : []
  const known = new Set(useful)
  const order = [...useful, ...images.filter((image) => !known.has(image))]
  const gram = new Float32Array(order.length ** 2)
  if (old) copyKnown(gram, order.length, useful, toGram(old.images, old.gram))
  await computeRows(gram, order, useful.length, options)
  const grown = old !== undefined && useful.length === old.images.length
  await writeGram(cache, key, { images: order, gram }, grown ? best?.path : undefined)
  return toGram(order, gram)
}

function toGram(images: readonly string[], gram: Floats): Gram {
  return { matrix: matrix(images.length, images.length, gram), rowOf: new Map(images.map((image, row) => [image, row])) }
}

/** The submatrix of some rows and columns: [rows, columns]. */
export function gramBlock(gram: Matrix, rows: Int32Array, columns: Int32Array): Matrix {
  const block = matrix(rows.length, columns.length)
  rows.forEach((row, at) => {
    const from = rowsOf(gram, row, row + 1).data
    const to = rowsOf(block, at, at + 1).data
    for (let j = 0; j < columns.length; j++) to[j] = from[columns[j] as number] as number
  })
  return block
}

function copyKnown(gram: Floats, n: number, useful: readonly string[], old: Gram): void {
  const rows = Int32Array.from(useful, (image) => old.rowOf.get(image) ?? 0)
  const block = gramBlock(old.matrix, rows, rows)
  for (let i = 0; i < rows.length; i++) gram.set(rowsOf(block, i, i + 1).data, i * n)
}

/**
 * Fills the rows from `start` on, and their mirror images.
 *
 * A group of rows stays in memory as float32 while blocks of earlier rows stream past it: each product is large, and a
 * row is read once for every group after it.
 */
async function computeRows(
  gram: Floats,
  images: readonly string[],
  start: number,
  { gemm, reader, onProgress }: GramOptions,
): Promise<void> {
  const n = images.length
  const perGroup = Math.max(blockRows, Math.floor(residentBytes / (4 * reader.length)))
  const streamed = new Float32Array(Math.min(n, blockRows) * reader.length)
  for (let from = start; from < n; from += perGroup) {
    const to = Math.min(n, from + perGroup)
    const group = matrix(to - from, reader.length, reader.read(images.slice(from, to)))
    for (let at = 0; at < to; at = next(at, from, to)) {
      const end = next(at, from, to)
      const block =
        at < from
          ? matrix(end - at, reader.length, reader.read(images.slice(at, end), streamed.subarray(0, (end - at) * reader.length)))
          : rowsOf(group, at - from, end - from)
      // Inside the group only the rows below the block are missing: the triangle.
      const below = at < from ? group : rowsOf(group, at - from, group.rows)
      const product = await gemm(below, block, { transposeB: true })
      place(gram, n, product, Math.max(at, from), at)
      onProgress?.((triangle(from) + (to - from) * end - triangle(start)) / (triangle(n) - triangle(start)))
    }
  }
}

const triangle = (rows: number) => (rows * rows) / 2

/** The end of the block that begins at `at`; blocks end where the group begins. */
function next(at: number, from: number, to: number): number {
  return Math.min(at + blockRows, at < from ? from : to)
}

/** Writes a product into rows `row`… and columns `column`…, and into the mirror image of that place. */
function place(gram: Floats, n: number, { rows, columns, data }: Matrix, row: number, column: number): void {
  for (let i = 0; i < rows; i++) gram.set(data.subarray(i * columns, (i + 1) * columns), (row + i) * n + column)
  for (let j = 0; j < columns; j++) {
    const to = (column + j) * n + row
    for (let i = 0; i < rows; i++) gram[to + i] = data[i * columns + j] as number
  }
}
