import { copyFileSync, existsSync, linkSync, rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { errorCode, UserError } from '../base/errors.js'
import { readHeader } from './catalog-header.js'
import { livingWorkers } from './leases.js'
import { cachePaths } from './paths.js'
import { copyAsIs, refuseNewer } from './schema.js'

/**
 * Sees to it that a cache's catalog may be replaced; one that is damaged may.
 *
 * @throws UserError when another process works on the cache, or a newer version of the program made the catalog.
 */
export function refuseBusy(cache: string): void {
  const { catalog } = cachePaths(cache)
  if (!existsSync(catalog)) return
  refuseNewer(catalog, readHeader(catalog)?.version ?? 0)
  const workers = workersOf(catalog)
  if (workers.length === 0) return
  const who = workers.map((name) => name.split('~').slice(0, 2).join(', process ')).join('; ')
  throw new UserError(
    `Expected nobody to work on ${cache} while its catalog is made again, found ${workers.length} at work (host ${who}). Wait until they are done, or end them, and run the same command again.`,
  )
}

function workersOf(catalog: string): string[] {
  try {
    const database = copyAsIs(catalog)
    try {
      return livingWorkers(database)
    } finally {
      database.close()
    }
  } catch {
    return [] // damaged, or of a version that knew no workers
  }
}

/**
 * Keeps a catalog, which stays in its place, under a second name too. Its write-ahead log, which would do harm beside another
 * catalog, ends in it, or is kept along with it where SQLite cannot read them.
 *
 * @param now milliseconds since 1970.
 * @returns the second name; null where there is no catalog.
 * @throws UserError when another process has it open.
 */
export function retireCatalog(catalog: string, now: number): string | null {
  if (!existsSync(catalog)) return null
  const kept = `${catalog}.before-${new Date(now).toISOString().replaceAll(/[-:]/g, '')}`
  const [log, keptLog] = [`${catalog}-wal`, `${kept}-wal`]
  if (existsSync(log)) copyFileSync(log, keptLog) // SQLite throws away what it cannot read
  try {
    if (endLog(catalog)) rmSync(keptLog, { force: true })
    linkOrCopy(catalog, kept)
  } catch (error) {
    rmSync(keptLog, { force: true })
    throw error
  }
  for (const end of ['-wal', '-shm']) rmSync(`${catalog}${end}`, { force: true })
  return kept
}

/** A second name for a file; a copy on exFAT and the like, which know no links. */
function linkOrCopy(file: string, to: string): void {
  try {
    linkSync(file, to)
  } catch {
    copyFileSync(file, to)
  }
}

/**
 * Has SQLite bring what is in the write-ahead log into the database.
 *
 * @returns false where it cannot, as the catalog is damaged.
 * @throws UserError where another process has it open.
 */
function endLog(catalog: string): boolean {
  try {
    const database = new Database(catalog, { timeout: 5_000 })
    try {
      return database.pragma('journal_mode = DELETE', { simple: true }) === 'delete'
    } finally {
      database.close()
    }
  } catch (error) {
    if (!errorCode(error)?.startsWith('SQLITE_BUSY')) return false
    throw new UserError(
      `Expected nobody to have the catalog at ${catalog} open while it is made again, found that another process has. Wait until it is done and run the same command again.`,
    )
  }
}
