import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalog } from './catalog.js'
import { cachePaths } from './paths.js'
import { remoteAddress } from './store/shard-link.js'

/**
 * Takes shards of a fingerprint out of the catalog whose file is gone or has another size than when it was written, so
 * that their images are computed again.
 *
 * @returns the digests of those shards.
 */
export function forgetLostShards(catalog: Catalog, fingerprint: string): string[] {
  const record = catalog.codes.find(fingerprint)
  if (!record) return []
  const folder = cachePaths(catalog.cache).shards(fingerprint)
  const isLost = (digest: string, bytes: number) => {
    const path = join(folder, `${digest}.arrow`)
    return statSync(path, { throwIfNoEntry: false })?.size !== bytes && remoteAddress(path) === undefined
  }
  const lost = [...catalog.codes.shardSizes(record.id)].flatMap(([digest, bytes]) => (isLost(digest, bytes) ? [digest] : []))
  if (lost.length > 0) catalog.codes.forget(lost)
  return lost
}
