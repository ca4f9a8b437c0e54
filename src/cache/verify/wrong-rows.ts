import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { type ChecksummedTable, checksummed } from '../row-checksum.js'
import type { Problem } from './problem.js'

export const checksummedTables = Object.keys(checksummed) as ChecksummedTable[]

/** SQL: rows that are not as they were written. */
export const isWrong = (table: ChecksummedTable) => `crc IS NOT row_checksum(${checksummed[table]})`

/** Rows of the catalog that are not as they were written, and such as refer to none. */
export function wrongRows(database: Database.Database): Problem[] {
  return [
    ...checksummedTables.flatMap((table) => {
      const count = Number(
        database
          .prepare(`SELECT count(*) FROM ${table} WHERE ${isWrong(table)}`)
          .pluck()
          .get(),
      )
      return count === 0 ? [] : wrong(`${rows(count)} of its table ${table} ${is(count)} not as when written`)
    }),
    ...dangling(database).map(({ table, parent, count }) => wrong(`${rows(count)} of its table ${table} ${is(count)} without ${parent}`)),
    ...misnamed(database).map((digest) => wrong(`the fingerprint ${digest} is not that of its JSON`)),
  ]
}

const wrong = (reason: string): Problem => ({ file: 'catalog.sqlite', kind: 'bad', reason, mend: 'purge' })
const rows = (count: number) => (count === 1 ? '1 row' : `${count} rows`)
const is = (count: number) => (count === 1 ? 'is' : 'are')

/** Rows that refer to a row that is not there, by tables. */
function dangling(database: Database.Database): { table: string; parent: string; count: number }[] {
  const sql = 'SELECT "table", "parent", count(*) AS count FROM pragma_foreign_key_check GROUP BY 1, 2'
  return database.prepare<[], { table: string; parent: string; count: number }>(sql).all()
}

function misnamed(database: Database.Database): string[] {
  const all = database.prepare<[], { digest: string; json: string }>('SELECT digest, json FROM fingerprint').all()
  return all.flatMap(({ digest, json }) => (createHash('sha256').update(json).digest('hex') === digest ? [] : digest))
}
