import type Database from 'better-sqlite3'
import { isWrong } from './verify/wrong-rows.js'

/** Tables that no shard can tell again. */
const tables = ['dataset', 'file', 'quarantine', 'run', 'fingerprint'] as const

/**
 * Deletes rows whose checksum does not hold from a copy of a catalog in memory, whatever refers to them.
 *
 * @returns how many there were.
 */
export function dropDamagedRows(copy: Database.Database): number {
  copy.pragma('foreign_keys = OFF')
  const drop = (table: (typeof tables)[number]) => copy.prepare(`DELETE FROM ${table} WHERE ${isWrong(table)}`).run().changes
  return tables.reduce((count, table) => count + drop(table), 0)
}
