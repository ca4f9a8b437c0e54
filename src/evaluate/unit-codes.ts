import { type Matrix, matrix, rowsOf } from '../engine/gemm.js'
import { dot } from '../heads/vector.js'
import type { DataSet } from './data-set.js'
import { memoryBudget } from './memory-budget.js'
import { openReader } from './open-reader.js'

/** Mean-pooled codes of a data set's different images, each of length 1; a code of zeros stays so. */
export interface UnitCodes {
  /** sha256 of each row's image, in hex, in ascending order: a part of them is a random sample. */
  readonly images: readonly string[]
  /** Rows `from` to `to` (exclusive) [to − from, D], not to be written to. */
  rows(from: number, to: number): Matrix
}

/** Codes that are read at once. */
const block = 256

/**
 * Opens the pooled codes as unit vectors, whose products are cosines: in memory where they fit, else read at every call.
 *
 * @param memory bytes they may take, default half of `memoryBudget()`.
 */
export function openUnitCodes(data: DataSet, memory: number = memoryBudget() / 2): UnitCodes {
  const { reader } = openReader({ ...data, views: undefined }, 'avg')
  const images = [...new Set(data.images.map(({ sha256 }) => sha256))].sort()
  const rowOf = new Map(images.map((image, row) => [image, row]))
  const codes = matrix(block, reader.length)
  const read = (from: number, to: number) => {
    const stored = reader.stored(images.slice(from, to)) // reading is fastest in this order
    const rows = matrix(to - from, reader.length)
    for (let at = 0; at < stored.length; at += block) {
      const some = stored.slice(at, at + block)
      reader.read(some, rowsOf(codes, 0, some.length).data)
      for (const [row, image] of some.entries()) {
        const to = (rowOf.get(image) ?? 0) - from
        scaleInto(rowsOf(codes, row, row + 1).data, rowsOf(rows, to, to + 1).data)
      }
    }
    return rows
  }
  if (4 * images.length * reader.length > memory) return { images, rows: read }
  const all = read(0, images.length)
  return { images, rows: (from, to) => rowsOf(all, from, to) }
}

function scaleInto(values: Matrix['data'], out: Matrix['data']): void {
  const square = dot(values, values)
  const factor = square > 0 ? 1 / Math.sqrt(square) : 0
  for (let at = 0; at < values.length; at++) out[at] = (values[at] as number) * factor
}
