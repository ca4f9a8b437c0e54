import { dirname, resolve, sep } from 'node:path'
import { errorCode, messageOf, UserError } from '../base/errors.js'
import { writeRemedy } from '../base/write-remedy.js'
import { cacheOption } from './cache-option.js'
import { cachePaths } from './paths.js'

/** What the user can do about each kind of SQLite's errors, by how their code begins. */
const remedies: readonly (readonly [string, (path: string) => string])[] = [
  ['SQLITE_CORRUPT', damaged],
  ['SQLITE_NOTADB', damaged],
  ['SQLITE_ERROR', damaged], // tables or columns are not as they should be
  ['SQLITE_FULL', () => 'Make room on that disk and run the same command again; finished work is kept.'],
  ['SQLITE_BUSY', () => 'Another process holds it for long; wait for it and run the same command again.'],
  ['SQLITE_', () => 'See to room and permissions there and run the same command again; finished work is kept.'],
]

function damaged(path: string): string {
  return `Make it again from the shards with: npm run cache -- rebuild${cacheOption(dirname(dirname(path)))}`
}

/** What an error of SQLite, or of the system about a file beside the catalog, means to the user; any other error is returned as it is. */
export function catalogError(path: string, error: unknown): unknown {
  const code = errorCode(error)
  const remedy = remedies.find(([start]) => code?.startsWith(start))?.[1]
  if (remedy) return new UserError(`Expected to use the catalog at ${path}, but that failed: ${messageOf(error)}. ${remedy(path)}`)
  return isBelow(dirname(path), error) ? diskError(`use the codes in ${dirname(path)}`, error) : error
}

/** A full, failing or forbidden disk is the user's to mend. `expected` ends "Expected to …". */
export function diskError(expected: string, error: unknown): UserError {
  return new UserError(
    `Expected to ${expected}, but that failed: ${messageOf(error)}. ${writeRemedy(error)} and run the same command again; finished work is kept.`,
  )
}

/** Whether the system's error is about a folder or what is in it. */
function isBelow(folder: string, error: unknown): boolean {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return false
  return `${resolve(error.path)}${sep}`.startsWith(`${resolve(folder)}${sep}`)
}

/** Does work on a cache folder's catalog and shards and tells the errors of SQLite and the disk as the user can mend them. */
export async function withCatalogErrors<T>(cache: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw catalogError(cachePaths(cache).catalog, error)
  }
}
