import { type Catalog, openCatalog } from './catalog.js'
import { deleteShardFiles, dropShards } from './drop-shards.js'
import { forgetKind } from './forget-kind.js'
import type { KnownKind } from './known-kinds.js'
import { rewriteShards } from './rewrite-shards.js'
import { type KindRemoval, type RemovalCriteria, selectRemoval } from './select-removal.js'
import type { ShardState } from './shard-states.js'
import { type DamagedShard, tidyKind } from './tidy-kind.js'

/** What of a kind is gone. */
export interface RemovedCodes {
  /** Codes. */
  readonly rows: number
  /** Shards that are gone with all their codes. */
  readonly shards: number
  /** Shards that were written anew without some of their codes. */
  readonly rewritten: number
  /** Bytes of the disk that are free. */
  readonly bytes: number
}

export interface RemovalJob extends RemovalCriteria {
  /** What is to go as a copy of the catalog tells. */
  readonly selected: readonly KindRemoval[]
  /** Forget kinds of which no code was left even before. */
  readonly forgetEmpty: boolean
  /** Stops between two shards; what is done stays. */
  readonly signal?: AbortSignal | undefined
}

export interface Removal {
  /** By the digest of the fingerprint. */
  readonly removed: ReadonlyMap<string, RemovedCodes>
  readonly damaged: readonly DamagedShard[]
}

/**
 * Removes codes. Whole shards go first, before the catalog is opened for writing: on a full disk there is no room for either. Shards
 * that lose some of their codes are written anew without them. What a crash had left out of the catalog is taken up in between, so that
 * it cannot bring removed codes back.
 */
export async function removeSelected(cache: string, job: RemovalJob): Promise<Removal> {
  const { selected, signal, forgetEmpty } = job
  const tally = new Tally()
  const unlinked: KindRemoval[] = []
  for (const one of selected) {
    if (signal?.aborted) break
    await deleteShardFiles(cache, namesOf(one))
    unlinked.push(one)
  }
  const catalog = openCatalog(cache)
  try {
    for (const one of unlinked) await dropWhole(catalog, one, tally)
    for (const { kind } of selected) tally.damaged(tidyKind(catalog, kind.record.digest).damaged)
    for (let tries = 0; tries < 3 && !(await removeRest(catalog, job, tally)); tries++);
    for (const { kind } of selected) {
      if (!forgetEmpty && !tally.has(kind)) continue
      tally.add(kind, { bytes: forgetKind(catalog, kind.record).bytes })
    }
    return tally.removal
  } finally {
    catalog.close()
  }
}

/** Goes through what the catalog tells now; false where another process was at the same shards. */
async function removeRest(catalog: Catalog, { selected, signal, ...criteria }: RemovalJob, tally: Tally): Promise<boolean> {
  const kinds = selected.map(({ kind }) => kind)
  let done = true
  for (const one of selectRemoval(catalog, kinds, criteria)) {
    if (signal?.aborted) return true
    await dropWhole(catalog, one, tally)
    const { kind, partial } = one
    for (const part of partial) {
      if (signal?.aborted) return true
      const onDamaged = (path: string, reason: string) => tally.damaged([{ path, reason }])
      const rewritten = await rewriteShards(catalog, [part], { fingerprint: kind.record, onDamaged })
      if (rewritten.done) tally.add(kind, { rows: part.shard.live - part.rows.length, rewritten: 1, bytes: rewritten.bytes })
      else done = false
    }
  }
  return done
}

async function dropWhole(catalog: Catalog, removal: KindRemoval, tally: Tally): Promise<void> {
  const { kind, whole } = removal
  if (whole.length === 0) return
  await dropShards(catalog, namesOf(removal))
  const sum = (of: (shard: ShardState) => number) => whole.reduce((all, shard) => all + of(shard), 0)
  tally.add(kind, { rows: sum(({ live }) => live), shards: whole.length, bytes: sum(({ bytes }) => bytes) })
}

const namesOf = ({ kind, whole }: KindRemoval) => ({ fingerprint: kind.record.digest, shards: whole.map(({ digest }) => digest) })

const nothing: RemovedCodes = { rows: 0, shards: 0, rewritten: 0, bytes: 0 }

/** Counts what is removed. */
class Tally {
  readonly #removed = new Map<string, RemovedCodes>()
  readonly #damaged = new Map<string, DamagedShard>()

  get removal(): Removal {
    return { removed: this.#removed, damaged: [...this.#damaged.values()] }
  }

  has({ record }: KnownKind): boolean {
    return this.#removed.has(record.digest)
  }

  add({ record }: KnownKind, { rows = 0, shards = 0, rewritten = 0, bytes = 0 }: Partial<RemovedCodes>): void {
    const before = this.#removed.get(record.digest) ?? nothing
    const after = {
      rows: before.rows + rows,
      shards: before.shards + shards,
      rewritten: before.rewritten + rewritten,
      bytes: before.bytes + bytes,
    }
    this.#removed.set(record.digest, after)
  }

  damaged(shards: readonly DamagedShard[]): void {
    for (const shard of shards) this.#damaged.set(shard.path, shard)
  }
}
