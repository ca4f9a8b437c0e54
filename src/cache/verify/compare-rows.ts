import type Database from 'better-sqlite3'
import type { WholeShard } from '../read-shard.js'
import { rowsDigest, type ShardFacts } from './scope.js'

/** A shard in the catalog. */
export interface KnownShard {
  readonly id: number
  readonly fingerprint: number
}

interface CodeRow {
  readonly fingerprint: number
  readonly image: Buffer
  readonly view: number
  readonly dtype: string
  readonly row: number
  readonly crc: number
}

function codeRows(database: Database.Database, shard: number): IterableIterator<CodeRow> {
  const select = database.prepare<[number], CodeRow>(
    'SELECT fingerprint, image, view, dtype, row, crc FROM code WHERE shard = ? ORDER BY row',
  )
  return select.iterate(shard)
}

/** Whether the catalog has every row of a shard, just as the shard has it. */
export function hasAllRows(database: Database.Database, { id, fingerprint }: KnownShard, facts: ShardFacts): boolean {
  const { rows } = facts
  const [images, views, crcs] = [new Uint8Array(rows * 32), new Uint16Array(rows), new Uint32Array(rows)]
  let next = 0
  for (const code of codeRows(database, id)) {
    const fits = code.row === next && next < rows && code.fingerprint === fingerprint && code.dtype === facts.dtype
    if (!fits || code.image.length !== 32) return false
    images.set(code.image, next * 32)
    views[next] = code.view
    crcs[next] = code.crc
    if (views[next] !== code.view || crcs[next] !== code.crc) return false // beyond 16 and 32 bits
    next++
  }
  return next === rows && rowsDigest({ images, views, crcs }) === facts.rowsDigest
}

/** In what the catalog's rows of a shard differ from the shard's. */
export interface RowDifferences {
  /** Rows of the catalog that are not as in the shard. */
  readonly wrong: number
  /** Rows of the shard that the catalog has neither here nor from another shard. */
  readonly missing: number
  /** Rows of the shard that the catalog points to. */
  readonly live: number
}

/** Compares row by row; needed only where `hasAllRows` says no. */
export function rowDifferences(database: Database.Database, { id, fingerprint }: KnownShard, { view, record }: WholeShard): RowDifferences {
  const seen = new Set<number>()
  let wrong = 0
  for (const code of codeRows(database, id)) {
    const row = record.rows[code.row]
    const fits = code.fingerprint === fingerprint && code.dtype === view.dtype && !seen.has(code.row)
    const same = row && code.view === row.view && code.crc === row.crc && code.image.equals(row.image)
    if (fits && same) seen.add(code.row)
    else wrong++
  }
  const elsewhere = database.prepare('SELECT 1 FROM code WHERE fingerprint = ? AND image = ? AND view = ? AND dtype = ? AND shard <> ?')
  const missing = record.rows.filter(
    (row, at) => !seen.has(at) && elsewhere.get(fingerprint, row.image, row.view, view.dtype, id) === undefined,
  )
  return { wrong, missing: missing.length, live: seen.size }
}
