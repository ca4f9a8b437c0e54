import { crc32 } from '@node-rs/crc32'
import type Database from 'better-sqlite3'

/**
 * What each table's checksum covers, as SQL. These tables cannot be made again from the shards, so that a flipped bit would
 * go unnoticed; rows of `code` are compared with the shards instead.
 */
export const checksummed = {
  fingerprint: 'id, digest, json, shape',
  shard: 'id, fingerprint, digest, dtype, rows, bytes, codes_at, created',
  dataset: 'id, root',
  file: 'dataset, path, label, part, stamp, hashed, hex(image)',
  quarantine: 'dataset, path, fingerprint, stamp, cause, reason',
  run: 'id, dataset, fingerprint, model, started, finished, details',
} as const

export type ChecksummedTable = keyof typeof checksummed

/** Teaches a database the function `row_checksum(…)`: CRC-32 of its arguments as JSON. */
export function defineRowChecksum(database: Database.Database): void {
  database.function('row_checksum', { deterministic: true, varargs: true }, (...values: unknown[]) => crc32(JSON.stringify(values)))
}

/** SQL that fills in the checksum of rows that have none yet. */
export const fillChecksums = (table: ChecksummedTable) => `UPDATE ${table} SET crc = row_checksum(${checksummed[table]}) WHERE crc IS NULL`

/** SQL that inserts a row, its values given in the order of the columns, with its checksum. */
export function insertSealed(table: ChecksummedTable, columns: readonly string[], or: 'ABORT' | 'REPLACE' | 'IGNORE' = 'ABORT'): string {
  const values = columns.map((column) => `? AS ${column}`)
  return `INSERT OR ${or} INTO ${table} (${columns.join()}, crc)
    SELECT ${columns.join()}, row_checksum(${checksummed[table]}) FROM (SELECT ${values.join()})`
}
