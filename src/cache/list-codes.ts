import { type CacheDisk, cacheDisk } from './cache-disk.js'
import type { Catalog } from './catalog.js'
import { withCatalogErrors } from './catalog-error.js'
import type { CodeKind } from './code-kind.js'
import type { BeforeAfter } from './compact-cache.js'
import type { Dtype } from './dtype.js'
import { copyKnownCatalog } from './known-catalog.js'
import { type KnownKind, knownKinds } from './known-kinds.js'
import { planCompaction } from './plan-compaction.js'
import type { ShardState } from './shard-states.js'

/** A kind of codes and what it takes. */
export interface ListedKind extends CodeKind {
  readonly fingerprint: string
  /** Every name that runs gave the model, the last one first. */
  readonly models: readonly string[]
  /** Absolute paths of the data sets of which runs made such codes; none after a rebuild. */
  readonly data: readonly string[]
  /** Images that have such a code. */
  readonly images: number
  /** The code's shape, channels last. */
  readonly codeShape: readonly number[]
  readonly dtypes: readonly Dtype[]
  readonly shards: number
  /** Of the shards. */
  readonly bytes: number
  /** When the first and the last shard were entered, ISO 8601. */
  readonly first: string
  readonly last: string
}

/** What a cache has and what it takes. */
export interface CodeList extends CacheDisk {
  /** In the order in which they came. */
  readonly kinds: readonly ListedKind[]
  /** Different images of all kinds. */
  readonly images: number
  readonly shards: number
  readonly bytes: number
  /** Shards now, and as compaction would leave them. */
  readonly compaction: BeforeAfter
}

/**
 * What a cache has and what it takes. Nothing is written, and of the shards only sizes are looked at.
 *
 * @throws UserError where there is no catalog.
 */
export async function listCodes({ cache = 'cache' }: { readonly cache?: string | undefined } = {}): Promise<CodeList> {
  return withCatalogErrors(cache, async () => {
    const catalog = copyKnownCatalog(cache)
    try {
      const plans = knownKinds(catalog).map((kind) => ({ kind, ...planCompaction(catalog, kind.record) }))
      const kinds = plans.filter(({ states }) => states.length > 0)
      const shards = kinds.flatMap(({ kind, states }) => states.map((shard) => ({ ...shard, fingerprint: kind.record.digest })))
      const saved = kinds.flatMap(({ dead, groups }) => [dead.length, ...groups.map((group) => group.length - 1)])
      return {
        kinds: kinds.map(({ kind, states }) => listed(catalog, kind, states)),
        images: catalog.database.prepare<[], number>('SELECT count(DISTINCT image) FROM code').pluck().get() ?? 0,
        shards: shards.length,
        bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
        ...cacheDisk(cache, shards),
        compaction: { before: shards.length, after: shards.length - saved.reduce((sum, less) => sum + less, 0) },
      }
    } finally {
      catalog.close()
    }
  })
}

function listed({ database }: Catalog, { record, ...kind }: KnownKind, states: readonly ShardState[]): ListedKind {
  const images = database.prepare<[number], number>('SELECT count(DISTINCT image) FROM code WHERE fingerprint = ?').pluck().get(record.id)
  const times = states.map(({ created }) => created)
  return {
    fingerprint: record.digest,
    ...kind,
    images: images ?? 0,
    codeShape: record.shape,
    dtypes: [...new Set(states.map(({ dtype }) => dtype))].sort(),
    shards: states.length,
    bytes: states.reduce((sum, { bytes }) => sum + bytes, 0),
    first: new Date(Math.min(...times)).toISOString(),
    last: new Date(Math.max(...times)).toISOString(),
  }
}
