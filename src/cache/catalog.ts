import { existsSync, statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { attempt } from '../base/attempt.js'
import { UserError } from '../base/errors.js'
import { CodeTable } from './code-table.js'
import { FileTable } from './file-table.js'
import { cachePaths, ensureWritable, isWritable } from './paths.js'
import { RunTable } from './run-table.js'
import { copyDatabase, openDatabase } from './schema.js'

/** The catalog of a cache folder: which code lies where, which files a data set has, which runs were completed. */
export interface Catalog {
  readonly cache: string
  readonly codes: CodeTable
  readonly files: FileTable
  readonly runs: RunTable
  /** For what goes beyond single tables: verifying, merging. */
  readonly database: Database.Database
  /**
   * @throws UserError when the catalog's file is no longer the one that was opened: SQLite would go on writing into a file that
   * nobody finds again.
   */
  checkPresence(): void
  close(): void
}

/** Opens the catalog of a cache folder, making both if needed. */
export function openCatalog(cache: string): Catalog {
  const paths = cachePaths(cache)
  ensureWritable(paths.codes)
  const database = openDatabase(paths.catalog)
  const opened = statSync(paths.catalog).ino
  return toCatalog(cache, database, () => {
    if (statSync(paths.catalog, { throwIfNoEntry: false })?.ino !== opened) throw tookAway(paths.catalog)
  })
}

/** A copy of a cache folder's catalog in memory, where there is one: the folder stays untouched. */
export function copyCatalog(cache: string): Catalog | undefined {
  const path = cachePaths(cache).catalog
  return existsSync(path) ? toCatalog(cache, copyDatabase(path), () => undefined) : undefined
}

function toCatalog(cache: string, database: Database.Database, checkPresence: () => void): Catalog {
  return {
    cache,
    codes: new CodeTable(database),
    files: new FileTable(database),
    runs: new RunTable(database),
    database,
    checkPresence,
    close: () => database.close(),
  }
}

/** Opens the catalog of a cache folder where there is one; a copy of it where the folder cannot be written, or its disk is full. */
export function openExistingCatalog(cache: string): Catalog | undefined {
  const paths = cachePaths(cache)
  if (!existsSync(paths.catalog)) return undefined
  const opened = isWritable(paths.codes) && isWritable(paths.catalog) && attempt(() => openCatalog(cache))
  return opened || copyCatalog(cache) // which tells what else may be wrong
}

function tookAway(path: string): UserError {
  return new UserError(
    `Expected the catalog at ${path} to stay in its place, found that it was moved, replaced or deleted meanwhile. Run the same command again; what is still in the cache is kept.`,
  )
}
