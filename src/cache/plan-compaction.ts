import { product } from '../base/product.js'
import type { Catalog } from './catalog.js'
import type { FingerprintRecord } from './code-table.js'
import { dtypeBytes } from './dtype.js'
import { shardPath } from './paths.js'
import { shardOrigin } from './shard-origin.js'
import { type ShardState, shardStates } from './shard-states.js'
import { defaultShardLimits } from './shard-writer.js'

/** What compaction has to do for one fingerprint. */
export interface CompactionPlan {
  /** All its shards, as they are. */
  readonly states: readonly ShardState[]
  /** Shards that become one each; a single one loses the rows that are of no use. */
  readonly groups: readonly (readonly ShardState[])[]
  /** Shards of which no row is of use. */
  readonly dead: readonly ShardState[]
}

/** Shards are joined only with those of the same week, counted from 1970 in UTC, so that codes hardly become younger by it. */
const week = 7 * 24 * 3600 * 1000

/**
 * Which shards are worth joining: those that are at most half full, with others of the same dtype, origin and week, up to the size at
 * which shards close; and those of whose rows most are of no use. Doing what it says leaves nothing more to do.
 *
 * @param limit bytes of codes in a shard, default 64 MiB.
 */
export function planCompaction(catalog: Catalog, fingerprint: FingerprintRecord, limit = defaultShardLimits.bytes): CompactionPlan {
  const states = shardStates(catalog.database, fingerprint.id)
  const numbers = product(fingerprint.shape)
  const bytesOf = (shard: ShardState) => usedRows(shard) * numbers * dtypeBytes(shard.dtype)
  const used = states.filter((shard) => usedRows(shard) > 0)
  const candidates = used.filter((shard) => isMostlyUnused(shard) || 2 * bytesOf(shard) <= limit)
  const kinds = new Map<string, ShardState[]>()
  for (const shard of candidates.length > 1 || candidates.some(isMostlyUnused) ? candidates : []) {
    const made = shardOrigin(shardPath(catalog.cache, { fingerprint: fingerprint.digest, shard: shard.digest }))
    if (made === undefined) continue
    const key = JSON.stringify([shard.dtype, Math.floor(shard.created / week), made])
    kinds.set(key, [...(kinds.get(key) ?? []), shard])
  }
  const groups = [...kinds.values()].flatMap((shards) => filled(shards, bytesOf, limit))
  return {
    states,
    groups: groups.filter((group) => group.length > 1 || group.some(isMostlyUnused)),
    dead: states.filter((shard) => usedRows(shard) === 0),
  }
}

/** Rows that are read: of two codes of an image the one as float32. */
const usedRows = ({ live, superseded }: ShardState) => live - superseded

const isMostlyUnused = (shard: ShardState) => 2 * usedRows(shard) < shard.rows

/** Shards in groups that a shard has room for. */
function filled(shards: readonly ShardState[], bytesOf: (shard: ShardState) => number, limit: number): ShardState[][] {
  const groups: ShardState[][] = []
  let bytes = limit
  for (const shard of shards) {
    bytes += bytesOf(shard)
    const last = groups.at(-1)
    if (last && bytes <= limit) {
      last.push(shard)
    } else {
      groups.push([shard])
      bytes = bytesOf(shard)
    }
  }
  return groups
}
