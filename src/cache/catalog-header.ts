import { closeSync, openSync, readSync } from 'node:fs'

/** What the first bytes of a database say; https://www.sqlite.org/fileformat.html#the_database_header */
export interface CatalogHeader {
  /** Versions of the file's format for writing and for reading: SQLite knows 1 and, with a write-ahead log, 2; it does not write or read beyond. */
  readonly formats: readonly [number, number]
  /** `PRAGMA user_version`: the version of the catalog's schema. */
  readonly version: number
}

/** The header of a database file; undefined where it is none. */
export function readHeader(path: string): CatalogHeader | undefined {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(64)
    const isDatabase = readSync(file, header, 0, header.length, 0) === header.length && header.toString('latin1', 0, 6) === 'SQLite'
    return isDatabase ? { formats: [header.readUInt8(18), header.readUInt8(19)], version: header.readUInt32BE(60) } : undefined
  } finally {
    closeSync(file)
  }
}
