import { existsSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { CodeTable } from './code-table.js'
import { FileTable } from './file-table.js'
import { cachePaths, ensureWritable } from './paths.js'
import { RunTable } from './run-table.js'
import { copyDatabase, openDatabase } from './schema.js'

/** The catalog of a cache folder: which code lies where, which files a data set has, which runs were completed. */
export interface Catalog {
  readonly cache: string
  readonly codes: CodeTable
  readonly files: FileTable
  readonly runs: RunTable
  close(): void
}

/** Opens the catalog of a cache folder, making both if needed. */
export function openCatalog(cache: string): Catalog {
  const paths = cachePaths(cache)
  ensureWritable(paths.codes)
  return toCatalog(cache, openDatabase(paths.catalog))
}

/** A copy of a cache folder's catalog in memory, where there is one: the folder stays untouched. */
export function copyCatalog(cache: string): Catalog | undefined {
  const path = cachePaths(cache).catalog
  return existsSync(path) ? toCatalog(cache, copyDatabase(path)) : undefined
}

function toCatalog(cache: string, database: Database.Database): Catalog {
  return {
    cache,
    codes: new CodeTable(database),
    files: new FileTable(database),
    runs: new RunTable(database),
    close: () => database.close(),
  }
}

/** Opens the catalog of a cache folder where there is one. */
export function openExistingCatalog(cache: string): Catalog | undefined {
  return existsSync(cachePaths(cache).catalog) ? openCatalog(cache) : undefined
}
