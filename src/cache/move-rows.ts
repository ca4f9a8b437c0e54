import { rmSync, statSync } from 'node:fs'
import type { Catalog } from './catalog.js'
import type { PlacedShard } from './enter-shard.js'
import { shardPath } from './paths.js'
import { checksummed } from './row-checksum.js'
import type { ShardRecord } from './shard-record.js'

/** Where rows move: into a shard whose file is in its place, from shards that the catalog knows by these ids. */
export interface RowMove extends PlacedShard {
  readonly from: readonly number[]
}

/**
 * Enters a shard and has its rows, which were copied from others, found in it, in one transaction. Shards that have no row left are
 * forgotten: their files are the caller's to delete, and count as redundant if that does not come about.
 *
 * @returns false where a row is no longer where it was copied from, or the file is gone: nothing was changed then, and the file is
 * deleted, unless the catalog knows it.
 */
export function moveRows(catalog: Catalog, { fingerprint, record, from }: RowMove): boolean {
  const { cache, database } = catalog
  const path = shardPath(cache, { fingerprint: fingerprint.digest, shard: record.digest })
  const isKnown = database.prepare('SELECT 1 FROM shard WHERE digest = ?')
  const move = database.transaction((): boolean => {
    if (isKnown.get(record.digest) !== undefined) return false
    const isThere = statSync(path, { throwIfNoEntry: false })?.size === record.bytes
    if (isThere && rowsAreIn(catalog, { fingerprint, record, from })) return point(catalog, { fingerprint, record, from })
    rmSync(path, { force: true })
    return false
  })
  return move.immediate()
}

function rowsAreIn({ database }: Catalog, { fingerprint, record, from }: RowMove): boolean {
  const find = database.prepare(
    `SELECT 1 FROM code WHERE fingerprint = ? AND image = ? AND view = ? AND dtype = ? AND shard IN (SELECT value FROM json_each(?))`,
  )
  const ids = JSON.stringify(from)
  return record.rows.every(({ image, view }) => find.get(fingerprint.id, image, view, record.dtype, ids) !== undefined)
}

function point({ database }: Catalog, { fingerprint, record, from }: RowMove): true {
  const columns = ['fingerprint', 'digest', 'dtype', 'rows', 'bytes', 'codes_at', 'created']
  const insert = database.prepare(`INSERT INTO shard (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
  const seal = database.prepare(`UPDATE shard SET crc = row_checksum(${checksummed.shard}) WHERE id = ?`)
  const update = database.prepare(
    'UPDATE code SET shard = ?, row = ?, crc = ? WHERE fingerprint = ? AND image = ? AND view = ? AND dtype = ?',
  )
  const forget = database.prepare('DELETE FROM shard WHERE id = ? AND NOT EXISTS (SELECT 1 FROM code WHERE code.shard = shard.id)')
  const id = insert.run(...values(fingerprint.id, record)).lastInsertRowid
  seal.run(id)
  record.rows.forEach(({ image, view, crc }, row) => {
    update.run(id, row, crc, fingerprint.id, image, view, record.dtype)
  })
  for (const old of from) forget.run(old)
  return true
}

function values(fingerprint: number, { digest, dtype, rows, bytes, codesAt, created = Date.now() }: ShardRecord) {
  return [fingerprint, digest, dtype, rows.length, bytes, codesAt, created] as const
}
