import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { clearAbandoned } from '../base/temporary-name.js'
import type { Catalog } from './catalog.js'
import { enterShard } from './enter-shard.js'
import { cachePaths } from './paths.js'
import { tryReadShard } from './read-shard.js'
import { remoteAddress } from './store/shard-link.js'

/** What a crash had left behind. */
export interface Adoption {
  /** Shards that were whole and are in the catalog now. */
  readonly adopted: number
  /** Shards whose rows the catalog all had, which were deleted. */
  readonly redundant: number
  /** Files that are no whole shard of this fingerprint, and why; they are left where they are. */
  readonly refused: readonly { readonly shard: string; readonly reason: string }[]
}

/** Takes up the shards of a fingerprint that a crash left out of the catalog, and clears the temporary files of dead writers. */
export function adoptOrphans(catalog: Catalog, fingerprint: string): Adoption {
  const folder = cachePaths(catalog.cache).shards(fingerprint)
  clearAbandoned(folder)
  const found = { adopted: 0, redundant: 0, refused: [] as { shard: string; reason: string }[] }
  for (const digest of orphansOf(catalog, fingerprint)) {
    const path = join(folder, `${digest}.arrow`)
    const shard = tryReadShard(path, (reason) => found.refused.push({ shard: digest, reason }))
    if (!shard) continue
    const { fingerprint: json, shape } = shard.view.metadata
    const { was } = enterShard(catalog, { fingerprint: catalog.codes.enter(json, shape), record: shard.record })
    found[was === 'redundant' ? 'redundant' : 'adopted']++
  }
  return found
}

/** Digests of the files in a fingerprint's folder that are named like shards and are not in the catalog. */
export function orphansOf(catalog: Catalog, fingerprint: string): string[] {
  const folder = cachePaths(catalog.cache).shards(fingerprint)
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  const record = catalog.codes.find(fingerprint)
  const known = record ? catalog.codes.shards(record.id) : new Set()
  const isOrphan = (name: string) =>
    name.endsWith('.arrow') && !known.has(basename(name, '.arrow')) && remoteAddress(join(folder, name)) === undefined
  return names.flatMap((name) => (isOrphan(name) ? [basename(name, '.arrow')] : []))
}
