import { rmSync } from 'node:fs'
import type { Catalog } from './catalog.js'
import type { Committed, FingerprintRecord } from './code-table.js'
import { shardPath } from './paths.js'
import type { ShardRecord } from './shard-record.js'
import { isPlaced } from './store/shard-link.js'

/** A shard whose file is in its place. */
export interface PlacedShard {
  readonly fingerprint: FingerprintRecord
  readonly record: ShardRecord
}

/**
 * Enters a shard in the catalog, and deletes its file where the catalog has all its rows from others.
 *
 * Both in one transaction: a process that is about to move those rows into this very file finds it, or knows that it is gone. Where
 * another process has taken the shard up and deleted it since it was published, it is redundant: its codes were removed.
 */
export function enterShard({ cache, codes, database }: Catalog, { fingerprint, record }: PlacedShard): Committed {
  const enter = database.transaction((): Committed => {
    const path = shardPath(cache, { fingerprint: fingerprint.digest, shard: record.digest })
    if (!isPlaced(path)) return { was: 'redundant', rows: 0 }
    const committed = codes.commit(fingerprint.id, record)
    if (committed.was === 'redundant') rmSync(path, { force: true })
    return committed
  })
  return enter.immediate()
}
