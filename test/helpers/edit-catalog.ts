import Database from 'better-sqlite3'
import { cachePaths } from '../../src/cache/paths.js'
import { defineRowChecksum } from '../../src/cache/row-checksum.js'

/** Runs SQL on a cache's catalog as no part of the program would: without foreign keys. `row_checksum(…)` is there. */
export function editCatalog(cache: string, sql: string): void {
  const database = new Database(cachePaths(cache).catalog)
  database.pragma('foreign_keys = OFF')
  defineRowChecksum(database)
  database.exec(sql)
  database.close()
}
