import { renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import { errorCode } from '../../base/errors.js'
import { makeFolder } from '../../base/make-folder.js'
import { clearAbandoned } from '../../base/temporary-name.js'
import { adoptOrphans } from '../adopt-orphans.js'
import { type Catalog, openCatalog } from '../catalog.js'
import { enterAgain } from '../enter-again.js'
import { listFolder } from '../list-folder.js'
import { cachePaths, damagedFolder } from '../paths.js'
import { rebuildCatalog } from '../rebuild-catalog.js'
import type { Mend, Problem } from './problem.js'
import { checksummedTables, isWrong } from './wrong-rows.js'

/**
 * Mends what can be mended. What is dropped is computed again by the next `codes`; whenever this is broken off, what is left is a
 * cache that can be verified and repaired again.
 *
 * @throws UserError when the catalog has to be made again while others work on the cache.
 */
export async function repair(cache: string, problems: readonly Problem[]): Promise<void> {
  const { codes } = cachePaths(cache)
  const filesTo = (mend: Mend) => problems.flatMap((problem) => (problem.mend === mend ? problem.file : []))
  for (const file of filesTo('put-aside')) putAside(codes, file)
  clearAbandoned(codes)
  if (filesTo('rebuild').length > 0) await rebuildCatalog({ cache })
  const catalog = openCatalog(cache)
  try {
    if (filesTo('purge').length > 0) purge(catalog.database)
    // The files come first: what is forgotten of one that is still there would be taken up again.
    catalog.codes.forget([...filesTo('put-aside'), ...filesTo('enter')].map((file) => basename(file, '.arrow')))
    takeUp(catalog, codes)
  } finally {
    catalog.close()
  }
}

/** Moves a shard into the folder of damaged ones, where nothing looks for codes. */
function putAside(codes: string, file: string): void {
  const place = join(codes, damagedFolder, file)
  makeFolder(dirname(place))
  try {
    renameSync(join(codes, file), place)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** Enters every whole shard that the catalog does not know, and removes the temporary files of dead writers. */
function takeUp(catalog: Catalog, codes: string): void {
  const { shards, temporary } = listFolder(codes)
  const folders = new Set([...shards.map(({ path }) => path), ...temporary].map(dirname))
  for (const fingerprint of folders) if (fingerprint !== '.') adoptOrphans(catalog, fingerprint)
  for (const record of catalog.codes.all()) enterAgain(catalog, record)
}

/** Deletes rows that are not as they were written, then those that refer to none. */
function purge(database: Database.Database): void {
  const statements = [
    ...checksummedTables.map((table) => `DELETE FROM ${table} WHERE ${isWrong(table)}`),
    ...references.map(([table, column, parent]) => `DELETE FROM ${table} WHERE ${column} NOT IN (SELECT id FROM ${parent})`),
  ]
  const run = database.transaction(() => {
    for (const statement of statements) database.exec(statement)
  })
  database.pragma('foreign_keys = OFF') // parents go before their children
  try {
    run.immediate()
  } finally {
    database.pragma('foreign_keys = ON')
  }
}

/** What refers to what, parents before their children. */
const references = [
  ['shard', 'fingerprint', 'fingerprint'],
  ['code', 'fingerprint', 'fingerprint'],
  ['code', 'shard', 'shard'],
  ['file', 'dataset', 'dataset'],
  ['quarantine', 'dataset', 'dataset'],
  ['run', 'dataset', 'dataset'],
  ['run', 'fingerprint', 'fingerprint'],
  ['lease', 'worker', 'worker'],
] as const
