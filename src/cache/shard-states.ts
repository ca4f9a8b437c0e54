import type Database from 'better-sqlite3'
import type { Dtype } from './dtype.js'

/** A shard and how much of it is still of use. */
export interface ShardState {
  readonly id: number
  readonly digest: string
  readonly dtype: Dtype
  /** Rows of the file. */
  readonly rows: number
  /** Rows that the catalog points to. */
  readonly live: number
  /** Live rows that have a twin as float32, which is the one that is read. */
  readonly superseded: number
  /** Bytes of the file. */
  readonly bytes: number
  readonly codesAt: number
  /** When its codes entered the catalog, milliseconds since 1970. */
  readonly created: number
}

const columns = `shard.id AS id, digest, shard.dtype AS dtype, rows, bytes, codes_at AS codesAt, created`

/** Whether a row of `code` is float16 and has a float32 twin. */
const twin = `(code.dtype = 'float16' AND EXISTS (SELECT 1 FROM code AS exact WHERE exact.fingerprint = code.fingerprint
  AND exact.image = code.image AND exact.view = code.view AND exact.dtype = 'float32'))`

/** The shards of a fingerprint in the order in which they were entered. */
export function shardStates(database: Database.Database, fingerprint: number): ShardState[] {
  // Most kinds have no float32 at all: looking for it row by row would be most of the work.
  const hasFloat32 = "EXISTS (SELECT 1 FROM shard WHERE fingerprint = $fingerprint AND dtype = 'float32')"
  const select = database.prepare<[{ fingerprint: number }], ShardState>(
    `SELECT ${columns}, count(code.shard) AS live, CAST(total(${hasFloat32} AND ${twin}) AS INTEGER) AS superseded
     FROM shard LEFT JOIN code ON code.shard = shard.id WHERE shard.fingerprint = $fingerprint GROUP BY shard.id ORDER BY shard.id`,
  )
  return select.all({ fingerprint })
}

/** A row of a shard that the catalog points to. */
export interface LiveRow {
  readonly row: number
  /** sha256 of the image file, in hex. */
  readonly image: string
  /** 1 where the same code is kept as float32 too. */
  readonly superseded: 0 | 1
}

/** The live rows of a shard, in their order. */
export function liveRows(database: Database.Database, shard: number): LiveRow[] {
  const select = database.prepare<[number], LiveRow>(
    `SELECT row, lower(hex(image)) AS image, ${twin} AS superseded FROM code WHERE shard = ? ORDER BY row`,
  )
  return select.all(shard)
}
