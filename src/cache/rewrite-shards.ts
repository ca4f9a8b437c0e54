import type { Catalog } from './catalog.js'
import type { FingerprintRecord } from './code-table.js'
import { dropShards } from './drop-shards.js'
import { joinRows } from './join-rows.js'
import { moveRows } from './move-rows.js'
import { cachePaths, shardPath } from './paths.js'
import { publish } from './publish.js'
import { shardRecord } from './read-shard.js'
import { encodeShard } from './shard-file.js'
import type { ShardState } from './shard-states.js'

/** A shard, and which of its rows are kept. */
export interface KeptRows {
  readonly shard: Pick<ShardState, 'id' | 'digest' | 'created' | 'bytes'>
  /** Ascending. */
  readonly rows: readonly number[]
}

/** What rewriting did. */
export interface Rewritten {
  /** Shards that are gone. */
  readonly shards: number
  /** Rows in the shard that took their place. */
  readonly rows: number
  /** Bytes of the disk that are free. */
  readonly bytes: number
  /** False where another process was at the same shards: nothing was changed. */
  readonly done: boolean
}

export interface RewriteOptions {
  readonly fingerprint: FingerprintRecord
  /** Told of shards that are not whole; they stay as they are. */
  readonly onDamaged: (path: string, reason: string) => void
}

const nothing: Rewritten = { shards: 0, rows: 0, bytes: 0, done: false }

/**
 * Puts one shard in the place of several of one dtype and origin, with the rows of theirs that are kept; the other rows' codes are gone
 * afterwards. The new shard is published, the catalog finds the kept rows in it from one transaction on, then the old files go:
 * whenever this stops, every kept code is found.
 *
 * The new shard is as old as the youngest of its parts.
 *
 * @throws what the system says when the disk is full or a file cannot be written.
 */
export async function rewriteShards(catalog: Catalog, kept: readonly KeptRows[], options: RewriteOptions): Promise<Rewritten> {
  const { fingerprint, onDamaged } = options
  const folder = cachePaths(catalog.cache).shards(fingerprint.digest)
  const wanted = kept.map(({ shard, rows }) => ({
    shard,
    rows,
    path: shardPath(catalog.cache, { fingerprint: fingerprint.digest, shard: shard.digest }),
  }))
  const { content, parts } = joinRows(wanted, ({ path }, reason) => onDamaged(path, reason))
  if (!content) return nothing
  const { pieces, ...encoded } = await encodeShard(content)
  catalog.checkPresence()
  const file = await publish(folder, pieces, '.arrow')
  const created = Math.max(...parts.map(({ shard }) => shard.created))
  const record = { ...shardRecord({ ...content, ...encoded }, file), created }
  const done = moveRows(catalog, { fingerprint, record, from: parts.map(({ shard }) => shard.id) })
  if (!done) return nothing
  await dropShards(catalog, { fingerprint: fingerprint.digest, shards: parts.map(({ shard }) => shard.digest) })
  const before = parts.reduce((sum, { shard }) => sum + shard.bytes, 0)
  return { shards: parts.length, rows: record.rows.length, bytes: before - file.bytes, done }
}
