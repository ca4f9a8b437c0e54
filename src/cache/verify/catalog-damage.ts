import Database from 'better-sqlite3'
import { openDatabase } from '../schema.js'

/** Why a catalog cannot be used as it is; undefined where it can. Its rows are another question. */
export function catalogDamage(database: Database.Database): string | undefined {
  const [first, ...others] = database.prepare<[], string>('PRAGMA integrity_check').pluck().all()
  if (first !== 'ok') return `SQLite finds it damaged: ${first}${others.length > 0 ? `, and ${others.length} more` : ''}`
  const expected = openDatabase(':memory:')
  try {
    const [found, wanted] = [schemaOf(database), schemaOf(expected)]
    const name = [...new Set([...wanted.keys(), ...found.keys()])].find((one) => found.get(one) !== wanted.get(one))
    return name && `its ${name} is not as this version makes it`
  } finally {
    expected.close()
  }
}

/** What a catalog consists of: the SQL of tables and indices by kind and name, and the version. */
function schemaOf(database: Database.Database): Map<string, string> {
  const rows = database
    .prepare<[], { type: string; name: string; table: string; sql: string | null }>(
      'SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema',
    )
    .all()
  const version = String(database.pragma('user_version', { simple: true }))
  return new Map([['version', version], ...rows.map(({ type, name, table, sql }) => [`${type} ${name}`, `${table}: ${sql}`] as const)])
}

/** Whether an error is SQLite's, which tells damage that `integrity_check` stumbles over. */
export const isSqliteError = (error: unknown): error is Error => error instanceof Database.SqliteError
