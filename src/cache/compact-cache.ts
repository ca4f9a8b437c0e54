import { type Catalog, openCatalog } from './catalog.js'
import { dropShards } from './drop-shards.js'
import { requireCatalog } from './known-catalog.js'
import { planCompaction } from './plan-compaction.js'
import { type RewriteOptions, rewriteShards } from './rewrite-shards.js'
import { liveRows, type ShardState } from './shard-states.js'
import { type DamagedShard, tidyKind } from './tidy-kind.js'
import { writingError } from './writing-error.js'

export interface CompactOptions {
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** Bytes of codes in a shard, default 64 MiB. */
  readonly shardBytes?: number | undefined
  /** Stops between two new shards; what is done stays. */
  readonly signal?: AbortSignal | undefined
  /** Told how many new shards are written, of all that there are to write. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface BeforeAfter {
  readonly before: number
  readonly after: number
}

export interface CompactResult {
  readonly shards: BeforeAfter
  /** Of all shards. */
  readonly bytes: BeforeAfter
  /** Codes that lie in another shard now. */
  readonly rows: number
  /** Files that stayed as they are. */
  readonly damaged: readonly DamagedShard[]
  readonly interrupted: boolean
}

/**
 * Joins small shards and writes those anew of whose rows most are of no use: float16 codes that are kept as float32 too, and what other
 * shards hold. Codes keep their bytes, and what made them. Whenever this stops, every code is found; other processes may be at work.
 *
 * @throws UserError where there is no catalog, or the cache cannot be written.
 */
export async function compactCache({ cache = 'cache', ...options }: CompactOptions = {}): Promise<CompactResult> {
  requireCatalog(cache)
  const catalog = openCatalog(cache)
  try {
    const damaged = catalog.codes.all().flatMap(({ digest }) => tidyKind(catalog, digest).damaged)
    const before = totals(catalog)
    const onDamaged = (path: string, reason: string) => damaged.push({ path, reason })
    const { rows, interrupted } = await compact(catalog, { ...options, onDamaged })
    const after = totals(catalog)
    return {
      shards: { before: before.shards, after: after.shards },
      bytes: { before: before.bytes, after: after.bytes },
      rows,
      damaged,
      interrupted,
    }
  } catch (error) {
    throw writingError(cache, error)
  } finally {
    catalog.close()
  }
}

function totals({ database }: Catalog): { readonly shards: number; readonly bytes: number } {
  const select = database.prepare<[], { shards: number; bytes: number }>('SELECT count(*) AS shards, total(bytes) AS bytes FROM shard')
  return select.get() ?? { shards: 0, bytes: 0 }
}

type CompactJob = Omit<CompactOptions, 'cache'> & Pick<RewriteOptions, 'onDamaged'>

async function compact(catalog: Catalog, { shardBytes, signal, onProgress, onDamaged }: CompactJob) {
  const plans = catalog.codes.all().map((fingerprint) => ({ fingerprint, ...planCompaction(catalog, fingerprint, shardBytes) }))
  const groups = plans.flatMap(({ fingerprint, groups }) => groups.map((shards) => ({ fingerprint, shards })))
  for (const { fingerprint, dead } of plans) {
    await dropShards(catalog, { fingerprint: fingerprint.digest, shards: dead.map(({ digest }) => digest) })
  }
  let rows = 0
  for (const [at, { fingerprint, shards }] of groups.entries()) {
    if (signal?.aborted) return { rows, interrupted: true }
    const kept = shards.map((shard) => ({ shard, rows: usedRows(catalog, shard) })).filter((part) => part.rows.length > 0)
    rows += (await rewriteShards(catalog, kept, { fingerprint, onDamaged })).rows
    onProgress?.(at + 1, groups.length)
  }
  return { rows, interrupted: false }
}

function usedRows({ database }: Catalog, { id }: ShardState): number[] {
  return liveRows(database, id).flatMap(({ row, superseded }) => (superseded ? [] : [row]))
}
