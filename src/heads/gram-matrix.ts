import { rmSync } from 'node:fs'
import { errorCode, messageOf } from '../base/errors.js'
import type { Floats } from '../base/floats.js'
import type { CodeReader } from '../cache/code-reader.js'
import { type GramFile, type GramKey, listGrams, readGram, writeGram } from '../cache/gram-file.js'
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
  /** Rows of a block that streams past while it is computed, at most and by default 512. */
  readonly blockRows?: number | undefined
  /** Bytes of the rows that stay in memory meanwhile, default 512 MiB. */
  readonly groupBytes?: number | undefined
  readonly onProgress?: ((share: number) => void) | undefined
  /** Told in a sentence or two what went wrong without stopping the work. */
  readonly onNote?: ((text: string) => void) | undefined
}

/** Of a block on the diagonal half is computed for nothing. */
const mostBlockRows = 512

/**
 * G = X Xᵀ of these images' codes: read where it is kept, extended by the missing rows where a part is kept, computed
 * otherwise, and kept. Its cost, N² D flops for the triangle, is paid once.
 */
export async function gramMatrix(options: GramOptions): Promise<Gram> {
  const { images } = options
  const kept = findKept(options)
  if (kept && kept.useful.length === new Set(images).size) return toGram(kept.images, kept.gram)
  const useful = kept?.useful ?? []
  const known = new Set(useful)
  const order = [...useful, ...images.filter((image) => !known.has(image))]
  const gram = new Float32Array(order.length ** 2)
  if (kept) copyKnown(gram, order.length, useful, toGram(kept.images, kept.gram))
  await computeRows(gram, order, useful.length, options)
  await keep({ images: order, gram }, kept && useful.length === kept.images.length ? kept.path : undefined, options)
  return toGram(order, gram)
}

interface Kept extends GramFile {
  readonly path: string
  /** Its images that are wanted. */
  readonly useful: readonly string[]
}

/** The kept matrix that saves most; damaged ones on the way to it are removed. */
function findKept({ cache, key, images, onNote }: GramOptions): Kept | undefined {
  const wanted = new Set(images)
  const candidates = listGrams(cache, key)
    .map((file) => ({ ...file, useful: file.images.filter((image) => wanted.has(image)) }))
    .filter(({ useful }) => useful.length > 0)
    .sort((a, b) => b.useful.length - a.useful.length || a.images.length - b.images.length)
  for (const { path, useful } of candidates) {
    const file = readGram(path)
    if (file) return { ...file, path, useful }
    try {
      rmSync(path, { force: true })
    } catch (error) {
      onNote?.(`A damaged Gram matrix could not be removed: ${messageOf(error)}. It is not used.`)
    }
  }
  return undefined
}

/** Keeps a matrix where that is possible: it only saves time. */
async function keep(file: GramFile, replaces: string | undefined, { cache, key, onNote }: GramOptions): Promise<void> {
  try {
    await writeGram(cache, key, file, replaces)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    onNote?.(
      `The Gram matrix of ${file.images.length} images could not be kept: ${messageOf(error)}. The next command that needs it computes it again.`,
    )
  }
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
  for (let i = 0; i < rows.length; i++) gram.set(gramBlock(old.matrix, rows.subarray(i, i + 1), rows).data, i * n)
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
  { gemm, reader, blockRows: asked = mostBlockRows, groupBytes = 512 * 2 ** 20, onProgress }: GramOptions,
): Promise<void> {
  const n = images.length
  const blockRows = Math.min(n, asked, mostBlockRows)
  const perGroup = Math.max(1, Math.floor(groupBytes / (4 * reader.length)))
  const next = (at: number, from: number, to: number) => Math.min(at + blockRows, at < from ? from : to) // blocks end where the group begins
  const grouped = new Float32Array(Math.min(n - start, perGroup) * reader.length)
  const streamed = new Float32Array(blockRows * reader.length)
  for (let from = start; from < n; from += perGroup) {
    const to = Math.min(n, from + perGroup)
    const group = matrix(to - from, reader.length, reader.read(images.slice(from, to), grouped.subarray(0, (to - from) * reader.length)))
    for (let at = 0; at < to; at = next(at, from, to)) {
      const end = next(at, from, to)
      const block =
        at < from
          ? matrix(end - at, reader.length, reader.read(images.slice(at, end), streamed.subarray(0, (end - at) * reader.length)))
          : rowsOf(group, at - from, end - from)
      // Inside the group only the rows below the block are missing: the triangle.
      const below = at < from ? group : rowsOf(group, at - from, group.rows)
      const product = await gemm(block, below, { transposeB: true }) // a tenth quicker than the other way around
      place(gram, n, product, at, Math.max(at, from))
      onProgress?.((triangle(from) + (to - from) * end - triangle(start)) / (triangle(n) - triangle(start)))
    }
  }
}

const triangle = (rows: number) => (rows * rows) / 2

/** Writes a product into rows `row`… and columns `column`…, and into the mirror image of that place. */
function place(gram: Floats, n: number, { rows, columns, data }: Matrix, row: number, column: number): void {
  for (let i = 0; i < rows; i++) gram.set(data.subarray(i * columns, (i + 1) * columns), (row + i) * n + column)
  for (let j = 0; j < columns; j++) {
    const to = (column + j) * n + row
    for (let i = 0; i < rows; i++) gram[to + i] = data[i * columns + j] as number
  }
}
