import { existsSync, realpathSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { UserError } from '../base/errors.js'
import { copyCatalog, openCatalog } from './catalog.js'
import { withCatalogErrors } from './catalog-error.js'
import { dropDamagedRows } from './drop-damaged-rows.js'
import { type MergedGraphs, mergeGraphs } from './merge-graphs.js'
import { type MergedShards, type MergeOptions, mergeShards } from './merge-shards.js'
import { mergeTables } from './merge-tables.js'
import { cachePaths } from './paths.js'
import { writingError } from './writing-error.js'

export interface ImportCacheOptions extends MergeOptions {
  /** Cache folder that is taken from; it is only read. */
  readonly source: string
  /** Cache folder that is added to, default `cache`; made where there is none. */
  readonly cache?: string | undefined
}

export interface ImportCacheResult extends MergedShards, MergedGraphs {
  /** Rows of the source's catalog whose checksum does not hold: what they say was not taken. */
  readonly damagedRows: number
  readonly interrupted: boolean
}

/** Whether a folder looks like a cache. */
export function isCacheFolder(path: string): boolean {
  return existsSync(cachePaths(path).codes)
}

/**
 * Merges another cache into this one: codes that are new here, data sets and their files, quarantine, runs, and built and calibrated
 * networks. Nothing here is overwritten. Doing it again takes only what is new; where it stops, what was taken stays.
 *
 * @throws UserError where the source is no cache, is this one, or one lies inside the other; where a catalog cannot be read or this
 * cache cannot be written.
 */
export async function importCache({ source, cache = 'cache', ...options }: ImportCacheOptions): Promise<ImportCacheResult> {
  checkFolders(source, cache)
  const { theirs, damagedRows } = await withCatalogErrors(source, async () => copyOf(source))
  try {
    const catalog = openCatalog(cache)
    try {
      const merged = await mergeShards(catalog, { cache: source, catalog: theirs }, options)
      const none: MergedGraphs = { graphs: 0, otherCalibrations: 0 }
      if (options.signal?.aborted) return { ...merged, ...none, damagedRows, interrupted: true }
      if (theirs) mergeTables(catalog, theirs)
      return { ...merged, ...(await mergeGraphs(cache, source)), damagedRows, interrupted: false }
    } catch (error) {
      throw writingError(cache, error)
    } finally {
      catalog.close()
    }
  } finally {
    theirs?.close()
  }
}

/** A copy of the source's catalog, where it has one, without damaged rows. */
function copyOf(source: string) {
  const theirs = copyCatalog(source)
  try {
    return { theirs, damagedRows: theirs ? dropDamagedRows(theirs.database) : 0 }
  } catch (error) {
    theirs?.close()
    throw error
  }
}

function checkFolders(source: string, cache: string): void {
  if (!isCacheFolder(source)) {
    const found = existsSync(source) ? 'something else' : 'nothing'
    throw new UserError(`Expected a cache folder, one with codes-v1 in it, at ${source}, found ${found}. Check the path.`)
  }
  const [from, into] = [realpathSync(source), existsSync(cache) ? realpathSync(cache) : resolve(cache)]
  if (from === into)
    throw new UserError(`Expected to import another cache into ${cache}, found that ${source} is the very same folder. Name another one.`)
  if (isInside(from, into) || isInside(into, from)) {
    throw new UserError(
      `Expected to import a cache beside ${cache}, found that one of it and ${source} lies inside the other. Move one of them.`,
    )
  }
}

const isInside = (path: string, folder: string) => path.startsWith(join(folder, sep))
