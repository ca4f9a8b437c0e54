import { existsSync, readdirSync } from 'node:fs'
import { UserError } from '../base/errors.js'
import { cacheOption } from './cache-option.js'
import { type Catalog, copyCatalog } from './catalog.js'
import { shardPaths } from './index-shards.js'
import { cachePaths } from './paths.js'

/** @throws UserError where a folder has no catalog of codes, with what to do. */
export function requireCatalog(cache: string): void {
  const { catalog, codes } = cachePaths(cache)
  if (existsSync(catalog)) return
  const where = cacheOption(cache)
  if (existsSync(codes) && shardPaths(codes).length > 0) {
    throw new UserError(`Expected a catalog at ${catalog}, found shards without one. Make it again with: npm run cache -- rebuild${where}`)
  }
  throw noCodes(cache)
}

/** What to say of a folder without codes. */
export function noCodes(cache: string): UserError {
  const found = existsSync(cache) ? (readdirSync(cache).length === 0 ? 'an empty folder' : 'a folder without any') : 'no such folder'
  const where = cacheOption(cache)
  return new UserError(
    `Expected codes in ${cache}, found ${found}. Name the cache folder with --cache, or make codes with: npm run codes -- --data DIR${where}`,
  )
}

/**
 * A copy of a cache folder's catalog in memory; the folder stays untouched.
 *
 * @throws UserError where there is none.
 */
export function copyKnownCatalog(cache: string): Catalog {
  requireCatalog(cache)
  const catalog = copyCatalog(cache)
  if (!catalog) throw new Error(`Expected a catalog in ${cache}`)
  return catalog
}
