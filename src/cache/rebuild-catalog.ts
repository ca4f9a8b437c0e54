import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../base/sync-folder.js'
import { clearAbandoned, temporaryName } from '../base/temporary-name.js'
import { openCatalog } from './catalog.js'
import { catalogError } from './catalog-error.js'
import { type Indexed, indexShards } from './index-shards.js'
import { noCodes } from './known-catalog.js'
import { cachePaths, ensureWritable } from './paths.js'
import { refuseBusy, retireCatalog } from './retire-catalog.js'
import { openDatabase } from './schema.js'
import { attachStore } from './store/attach-store.js'
import { openStore } from './store/open-store.js'
import { tidyKind } from './tidy-kind.js'

export interface RebuildOptions {
  /** Cache folder, default `cache`. */
  readonly cache?: string | undefined
  /** A folder that many machines see, or s3://bucket/prefix, whose shards are taken in; see docs/workers.md. */
  readonly shared?: string | undefined
  /** Told of shards read, of `all`. */
  readonly onShard?: ((done: number, all: number) => void) | undefined
  /** When it is, milliseconds since 1970: the old catalog is named by it. Default: now. */
  readonly now?: number | undefined
}

export interface Rebuilt {
  /** Shards and codes in the new catalog. */
  readonly shards: number
  readonly rows: number
  /** Shards that are not whole, by their digests, and why; they stay where they are. */
  readonly refused: readonly { readonly shard: string; readonly reason: string }[]
  /** Path of the catalog of before; null where there was none. */
  readonly kept: string | null
  readonly seconds: number
}

/**
 * Makes the catalog again from the shards alone, in a file beside it that then takes its place; the old one is kept under a name
 * that says when. Whenever it is broken off, the old catalog or the new one is there. What no shard holds (data sets, quarantine,
 * runs) comes back with the next `codes`.
 *
 * @throws UserError where there is no cache, another process works on it, a newer version of the program made its catalog, or it cannot be written.
 */
export async function rebuildCatalog({ cache = 'cache', shared, onShard, now = Date.now() }: RebuildOptions = {}): Promise<Rebuilt> {
  const started = performance.now()
  const { codes, catalog } = cachePaths(cache)
  const putAway = shared === undefined ? () => undefined : await attachStore(cache, await openStore(shared))
  if (!existsSync(codes)) throw noCodes(cache)
  ensureWritable(codes)
  refuseBusy(cache)
  clearAbandoned(codes)
  const made = join(codes, temporaryName())
  try {
    const { shards, rows, refused, redundant } = build(made, codes, onShard)
    refuseBusy(cache)
    const kept = retireCatalog(catalog, now)
    renameSync(made, catalog)
    await syncFolder(codes)
    takeUp(cache, redundant)
    const seconds = (performance.now() - started) / 1000
    return { shards, rows, refused: refused.map(({ path, reason }) => ({ shard: basename(path, '.arrow'), reason })), kept, seconds }
  } catch (error) {
    throw catalogError(catalog, error)
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(`${made}${end}`, { force: true })
    putAway()
  }
}

/**
 * Deletes shards whose rows were all in others, or takes them up: compaction may have moved rows into one of them since it was read,
 * and deleted the others.
 */
function takeUp(cache: string, redundant: readonly string[]): void {
  if (redundant.length === 0) return
  const catalog = openCatalog(cache)
  try {
    for (const fingerprint of new Set(redundant.map((path) => basename(dirname(path))))) tidyKind(catalog, fingerprint)
  } finally {
    catalog.close()
  }
}

/** Fills a new catalog in one transaction and leaves it as one file. */
function build(path: string, codes: string, onShard: RebuildOptions['onShard']): Indexed {
  const database = openDatabase(path)
  try {
    const indexed = database.transaction(() => indexShards(database, codes, onShard))()
    database.pragma('journal_mode = DELETE')
    return indexed
  } finally {
    database.close()
  }
}
