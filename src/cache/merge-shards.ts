import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Catalog } from './catalog.js'
import type { Committed } from './code-table.js'
import { enterShard } from './enter-shard.js'
import { shardPaths } from './index-shards.js'
import { joinRows } from './join-rows.js'
import { cachePaths } from './paths.js'
import { publish } from './publish.js'
import { tryReadShard, type WholeShard } from './read-shard.js'
import { type DamagedShard, tidyKind } from './tidy-kind.js'
import { writeShard } from './write-shard.js'

export interface MergeOptions {
  /** Stops between two shards; what is taken stays. */
  readonly signal?: AbortSignal | undefined
  /** Told how many shards were looked at, of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

export interface MergedShards {
  /** Shards that were taken. */
  readonly shards: number
  /** Codes that are new here. */
  readonly rows: number
  /** Codes that were here already. */
  readonly known: number
  /** Files that are no whole shards; they were left. */
  readonly damaged: readonly DamagedShard[]
}

/** A cache that is merged into another. */
export interface MergeSource {
  readonly cache: string
  /** A copy of its catalog, where it has one. */
  readonly catalog: Catalog | undefined
}

/**
 * Takes the codes of another cache that are new here: a shard as it is where all its rows are, else its new rows as a shard. Each is
 * read whole and checked; the source is left as it is.
 */
export async function mergeShards(catalog: Catalog, source: MergeSource, { signal, onProgress }: MergeOptions): Promise<MergedShards> {
  const codes = cachePaths(source.cache).codes
  const [seen, tidied] = [new Set<string>(), new Set<string>()]
  const damaged: DamagedShard[] = []
  let [shards, rows, known] = [0, 0, 0]
  // Compaction in the source may move codes into new files meanwhile: those are looked for until there are none.
  for (let paths = shardPaths(codes); paths.length > 0; paths = shardPaths(codes).filter((path) => !seen.has(path))) {
    for (const path of paths) {
      if (signal?.aborted) return { shards, rows, known, damaged }
      const fingerprint = basename(dirname(path))
      if (!tidied.has(fingerprint)) tidyKind(catalog, fingerprint)
      tidied.add(fingerprint)
      const taken = await mergeShard(catalog, source, { path, onDamaged: (reason) => existsSync(path) && damaged.push({ path, reason }) })
      shards += taken.rows > 0 ? 1 : 0
      rows += taken.rows
      known += taken.known
      seen.add(path)
      onProgress?.(seen.size, Math.max(seen.size, paths.length))
    }
  }
  return { shards, rows, known, damaged }
}

interface ShardToMerge {
  readonly path: string
  readonly onDamaged: (reason: string) => void
}

async function mergeShard(catalog: Catalog, source: MergeSource, { path, onDamaged }: ShardToMerge) {
  const digest = basename(path, '.arrow')
  const before = shardFacts(catalog, digest)
  if (before) return { rows: 0, known: before.rows }
  const shard = tryReadShard(path, onDamaged)
  if (!shard) return { rows: 0, known: 0 }
  const wanted = newRows(catalog, shard)
  const created = (source.catalog && shardFacts(source.catalog, digest)?.created) ?? shard.record.created
  const all = shard.record.rows.length
  const { rows } = wanted.length === 0 ? { rows: 0 } : await take(catalog, shard, { path, wanted, created, onDamaged })
  return { rows, known: all - rows }
}

function shardFacts({ database }: Catalog, digest: string) {
  return database.prepare<[string], { rows: number; created: number }>('SELECT rows, created FROM shard WHERE digest = ?').get(digest)
}

/** The rows of a shard of which the catalog has no code of this dtype. */
function newRows({ codes, database }: Catalog, { view, record }: WholeShard): number[] {
  const { id } = codes.enter(view.metadata.fingerprint, view.shape)
  const find = database.prepare('SELECT 1 FROM code WHERE fingerprint = ? AND image = ? AND view = ? AND dtype = ?')
  return record.rows.flatMap(({ image, view: which }, row) => (find.get(id, image, which, record.dtype) === undefined ? [row] : []))
}

interface TakeOptions extends ShardToMerge {
  readonly wanted: readonly number[]
  readonly created: number | undefined
}

async function take(
  catalog: Catalog,
  shard: WholeShard,
  { path, wanted, created, onDamaged }: TakeOptions,
): Promise<Pick<Committed, 'rows'>> {
  if (wanted.length < shard.record.rows.length) {
    const { content } = joinRows([{ path, rows: wanted }], (_part, reason) => onDamaged(reason))
    return content ? writeShard(catalog, content, { created }) : { rows: 0 }
  }
  const { fingerprint: json, shape } = shard.view.metadata
  const fingerprint = catalog.codes.enter(json, shape)
  catalog.checkPresence()
  await publish(cachePaths(catalog.cache).shards(fingerprint.digest), [shard.bytes], '.arrow')
  return enterShard(catalog, { fingerprint, record: { ...shard.record, created } })
}
