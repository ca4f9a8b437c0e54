import { existsSync, rmSync } from 'node:fs'
import { syncFolder } from '../base/sync-folder.js'
import type { Catalog } from './catalog.js'
import { cachePaths, shardPath } from './paths.js'

/** Shards whose files are deleted before the catalog is told: a transaction is to be short. */
const atOnce = 8

/** Shards of a fingerprint, both by their digests. */
export interface ShardNames {
  readonly fingerprint: string
  readonly shards: readonly string[]
}

/**
 * Deletes shards with all the codes that the catalog has in them. Files go first, and for good: a crash in between leaves a shard
 * without its file, which is forgotten at the next start, never a file that brings the codes back.
 *
 * @throws what the system says when a file cannot be deleted; the shards before it are gone.
 */
export async function dropShards({ cache, codes }: Pick<Catalog, 'cache' | 'codes'>, { fingerprint, shards }: ShardNames): Promise<void> {
  for (let at = 0; at < shards.length; at += atOnce) {
    const some = shards.slice(at, at + atOnce)
    await deleteShardFiles(cache, { fingerprint, shards: some })
    codes.forget(some)
  }
}

/** Deletes files of shards without telling the catalog. */
export async function deleteShardFiles(cache: string, { fingerprint, shards }: ShardNames): Promise<void> {
  const folder = cachePaths(cache).shards(fingerprint)
  for (const shard of shards) rmSync(shardPath(cache, { fingerprint, shard }), { force: true })
  if (existsSync(folder)) await syncFolder(folder)
}
