import { adoptOrphans } from './adopt-orphans.js'
import type { Catalog } from './catalog.js'
import { forgetLostShards } from './forget-lost-shards.js'
import { shardPath } from './paths.js'

/** A file that is no whole shard. */
export interface DamagedShard {
  readonly path: string
  readonly reason: string
}

/** Forgets the shards of a fingerprint that are gone, and takes up or deletes what a crash had left; tells what can be neither. */
export function tidyKind(catalog: Catalog, fingerprint: string): DamagedShard[] {
  forgetLostShards(catalog, fingerprint)
  const { refused } = adoptOrphans(catalog, fingerprint)
  return refused.map(({ shard, reason }) => ({ path: shardPath(catalog.cache, { fingerprint, shard }), reason }))
}
