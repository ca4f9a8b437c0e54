import type { Catalog } from './catalog.js'
import type { FingerprintRecord } from './code-table.js'
import { enterShard } from './enter-shard.js'
import { shardPath } from './paths.js'
import { tryReadShard } from './read-shard.js'

/**
 * Enters rows of a fingerprint's shards that the catalog had from shards which it has forgotten since.
 *
 * Needed after shards were lost: what they shared with others is still there.
 */
export function enterAgain(catalog: Catalog, fingerprint: FingerprintRecord): void {
  const { database, codes, cache } = catalog
  const partly = database
    .prepare<[number], string>(
      'SELECT digest FROM shard WHERE fingerprint = ? AND rows > (SELECT count(*) FROM code WHERE shard = shard.id)',
    )
    .pluck()
    .all(fingerprint.id)
  for (const digest of partly) {
    const shard = tryReadShard(shardPath(cache, { fingerprint: fingerprint.digest, shard: digest }), () => undefined)
    if (!shard) continue // verifying tells
    const enter = database.transaction(() => {
      codes.forget([digest])
      enterShard(catalog, { fingerprint, record: shard.record })
    })
    enter.immediate()
  }
}
