import type { Catalog } from './catalog.js'
import type { KnownKind } from './known-kinds.js'
import type { KeptRows } from './rewrite-shards.js'
import { type LiveRow, liveRows, type ShardState, shardStates } from './shard-states.js'

/** Which codes of a kind are to go: those that meet all of it. */
export interface RemovalCriteria {
  /** Codes that entered before this time, milliseconds since 1970. */
  readonly before?: number | undefined
  /** Codes of other images (sha256 in hex) than these. */
  readonly present?: ReadonlySet<string> | undefined
}

/** What of a kind is to go. */
export interface KindRemoval {
  readonly kind: KnownKind
  /** Shards of which every code goes. */
  readonly whole: readonly ShardState[]
  /** Shards of which some codes go, with the rows that stay. */
  readonly partial: readonly (KeptRows & { readonly shard: ShardState })[]
  /** Codes that go. */
  readonly rows: number
  /** Bytes that whole shards take, and about what the rows of the others do. */
  readonly bytes: number
}

/** Finds what of some kinds is to go, by kind, also where it is nothing. */
export function selectRemoval(
  { database }: Pick<Catalog, 'database'>,
  kinds: readonly KnownKind[],
  { before = Number.POSITIVE_INFINITY, present }: RemovalCriteria,
): KindRemoval[] {
  return kinds.map((kind) => {
    const old = shardStates(database, kind.record.id).filter(({ created }) => created < before)
    if (!present) return removal(kind, old, [])
    const split = old.map((shard) => ({ shard, ...parted(liveRows(database, shard.id), present) }))
    const whole = split.filter(({ rows }) => rows.length === 0).map(({ shard }) => shard)
    return removal(
      kind,
      whole,
      split.filter(({ rows, gone }) => rows.length > 0 && gone > 0),
    )
  })
}

/** The rows of images that are there, and how many others there are. */
function parted(rows: readonly LiveRow[], present: ReadonlySet<string>): { rows: number[]; gone: number } {
  const kept = rows.flatMap(({ row, image }) => (present.has(image) ? [row] : []))
  return { rows: kept, gone: rows.length - kept.length }
}

function removal(kind: KnownKind, whole: readonly ShardState[], partial: KindRemoval['partial']): KindRemoval {
  const gone = partial.map(({ shard, rows }) => ({
    live: shard.live - rows.length,
    bytes: (shard.bytes * (shard.rows - rows.length)) / shard.rows,
  }))
  const all = [...whole, ...gone]
  const rows = all.reduce((sum, { live }) => sum + live, 0)
  return { kind, whole, partial, rows, bytes: Math.round(all.reduce((sum, { bytes }) => sum + bytes, 0)) }
}
