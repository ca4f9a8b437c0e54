import type { Catalog } from './catalog.js'
import type { Committed } from './code-table.js'
import { enterShard } from './enter-shard.js'
import { fingerprintOf } from './fingerprint.js'
import { cachePaths } from './paths.js'
import { publish } from './publish.js'
import { shardRecord } from './read-shard.js'
import { encodeShard, type ShardContent } from './shard-file.js'
import type { ShardRecord } from './shard-record.js'

/**
 * Writes a shard and then enters it in the catalog: a crash in between leaves an orphan, which the next run takes up, never a
 * row without its code. A shard whose rows the catalog all has is taken away again.
 *
 * @param options `created`: when its codes first entered a catalog, milliseconds since 1970; default now.
 * @throws UserError when the cache folder was taken away meanwhile; what the system says when it cannot be written.
 */
export async function writeShard(
  catalog: Catalog,
  content: ShardContent,
  { created }: Pick<ShardRecord, 'created'> = {},
): Promise<Committed> {
  catalog.checkPresence()
  const folder = cachePaths(catalog.cache).shards(fingerprintOf(content.identity))
  const { pieces, ...encoded } = await encodeShard(content)
  const file = await publish(folder, pieces, '.arrow')
  catalog.checkPresence()
  const record = { ...shardRecord({ ...content, ...encoded }, file), created }
  return enterShard(catalog, { fingerprint: catalog.codes.add(content.identity, content.shape), record })
}
