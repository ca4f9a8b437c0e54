import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { messageOf, UserError } from '../base/errors.js'
import { catalogError } from './catalog-error.js'
import { indexShards } from './index-shards.js'
import { migrate, migrations } from './migrations.js'
import { defineRowChecksum } from './row-checksum.js'

/**
 * Opens the catalog, making or migrating it as needed. WAL: readers are never blocked. A local disk is needed.
 *
 * @throws UserError when it is no catalog, or a newer version of the program made it; it is left untouched.
 */
export function openDatabase(path: string): Database.Database {
  return prepared(path, () => new Database(path, { timeout: 30_000 }))
}

/**
 * A copy of the catalog in memory: nothing is written beside it, not even the files that SQLite keeps at an open database.
 *
 * @throws UserError as `openDatabase` does.
 */
export function copyDatabase(path: string): Database.Database {
  return prepared(path, () => copyAsIs(path))
}

/**
 * The same without bringing it to the newest version.
 *
 * @throws what SQLite or the system says when it cannot be read.
 */
export function copyAsIs(path: string): Database.Database {
  const bytes = restingContent(path) ?? snapshot(path)
  if (bytes.length === 0) return new Database(':memory:') // its process was killed before it wrote the first page
  const versions = bytes.subarray(18, 20) // of the file's format: 1, and 2 where there is a write-ahead log
  if (versions.some((version) => version > 2)) throw new Database.SqliteError('file is not a database', 'SQLITE_NOTADB')
  versions.fill(1) // databases in memory have no log
  return new Database(bytes)
}

/** The content of a database that nobody has open, nor had while it was read. */
function restingContent(path: string): Buffer | undefined {
  const log = `${path}-wal`
  if (existsSync(log)) return undefined
  const before = statSync(path).mtimeMs
  const bytes = readFileSync(path)
  return existsSync(log) || statSync(path).mtimeMs !== before ? undefined : bytes
}

/** The content of a database that has a write-ahead log, because someone else is at work or was interrupted. */
function snapshot(path: string): Buffer {
  try {
    return contentOf(path)
  } catch {
    return copiedContent(path) // SQLite reads no log where it can write nothing: on a read-only disk
  }
}

function contentOf(path: string): Buffer {
  const database = new Database(path, { readonly: true, timeout: 30_000 })
  try {
    return database.serialize()
  } finally {
    database.close()
  }
}

function copiedContent(path: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-'))
  try {
    const copy = join(folder, basename(path))
    for (const end of ['', '-wal']) if (existsSync(`${path}${end}`)) copyFileSync(`${path}${end}`, `${copy}${end}`)
    return contentOf(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function prepared(path: string, open: () => Database.Database): Database.Database {
  let database: Database.Database | undefined
  try {
    const opened = open()
    database = opened
    const version = Number(opened.pragma('user_version', { simple: true }))
    refuseNewer(path, version)
    opened.pragma('journal_mode = WAL')
    opened.pragma('synchronous = FULL')
    opened.pragma('foreign_keys = ON')
    defineRowChecksum(opened)
    if (version < migrations.length) migrate(opened, () => indexShards(opened, dirname(path)))
    return opened
  } catch (error) {
    database?.close()
    const told = catalogError(path, error)
    if (told instanceof UserError) throw told
    throw new UserError(`Expected a catalog at ${path}, but it cannot be opened: ${messageOf(error)}.`)
  }
}

/** @throws UserError when a version is one that a newer program made. */
export function refuseNewer(path: string, version: number): void {
  if (version <= migrations.length) return
  throw new UserError(
    `Expected a catalog of version ${migrations.length} or older, found version ${version} at ${path}. Update cnn-codes; nothing was changed.`,
  )
}
