import { type Adoption, adoptOrphans } from './adopt-orphans.js'
import type { Catalog } from './catalog.js'
import { enterAgain } from './enter-again.js'
import { forgetLostShards } from './forget-lost-shards.js'
import { shardPath } from './paths.js'

/** A file that is no whole shard. */
export interface DamagedShard {
  readonly path: string
  readonly reason: string
}

/** What bringing catalog and shards together did. */
export interface Tidied extends Pick<Adoption, 'adopted'> {
  /** Shards that are forgotten, as their files are gone or cut. */
  readonly lost: number
  /** Files that are no whole shards; they stay. */
  readonly damaged: readonly DamagedShard[]
}

/**
 * Brings catalog and shards of a fingerprint together again after a crash or a lost file: forgets the shards that are gone, enters what
 * others share with them, and takes up or deletes what a crash had left.
 */
export function tidyKind(catalog: Catalog, fingerprint: string): Tidied {
  const lost = forgetLostShards(catalog, fingerprint).length
  const record = lost > 0 ? catalog.codes.find(fingerprint) : undefined
  if (record) enterAgain(catalog, record)
  const { adopted, refused } = adoptOrphans(catalog, fingerprint)
  const damaged = refused.map(({ shard, reason }) => ({ path: shardPath(catalog.cache, { fingerprint, shard }), reason }))
  return { lost, adopted, damaged }
}
