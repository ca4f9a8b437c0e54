import { basename } from 'node:path'
import { filesBelow, type Usage, usageOf } from '../base/folder-usage.js'
import { isAbandoned } from '../base/temporary-name.js'
import { cachePaths, damagedFolder, isCatalogFile, shardPath } from './paths.js'
import type { ShardState } from './shard-states.js'
import { remoteAddress } from './store/shard-link.js'
import type { DamagedShard } from './tidy-kind.js'

/** What a cache takes beside its codes. */
export interface CacheDisk {
  readonly other: {
    /** Earlier ones that a rebuild has kept are counted too. */
    readonly catalog: Usage
    readonly gram: Usage
    readonly heads: Usage
    readonly sweeps: Usage
    readonly exports: Usage
    /** HTML pages. */
    readonly reports: Usage
    /** Built and calibrated networks. */
    readonly graphs: Usage
    /** Weights, and whatever else lies in models/. */
    readonly models: Usage
    /** Shards that a repair has put aside. */
    readonly aside: Usage
  }
  /** Shards that are gone or have another size than when they were written; `codes` makes theirs again. */
  readonly damaged: readonly DamagedShard[]
  /** Files among the shards that the catalog does not know. */
  readonly unknown: Usage
}

/** A shard that the catalog knows. */
export interface KnownShard extends Pick<ShardState, 'digest' | 'bytes'> {
  /** Digest of its fingerprint. */
  readonly fingerprint: string
}

/** Goes through the files of a cache. */
export function cacheDisk(cache: string, known: readonly KnownShard[]): CacheDisk {
  const { codes, gram, heads, sweeps, exports, reports, models } = cachePaths(cache)
  const files = filesBelow(codes)
  const isAside = (path: string) => path.startsWith(`${damagedFolder}/`)
  const shards = new Map(known.map((shard) => [`${shard.fingerprint}/${shard.digest}.arrow`, shard]))
  const isUnknown = (path: string) => !isCatalogFile(path) && !isAside(path) && !shards.has(path) && !isBeingWritten(path)
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]))
  const kept = filesBelow(models)
  return {
    other: {
      catalog: usageOf(files.filter(({ path }) => isCatalogFile(path))),
      gram: usageOf(filesBelow(gram)),
      heads: usageOf(filesBelow(heads)),
      sweeps: usageOf(filesBelow(sweeps)),
      exports: usageOf(filesBelow(exports)),
      reports: usageOf(filesBelow(reports)),
      graphs: usageOf(kept.filter(({ path }) => isGraph(path))),
      models: usageOf(kept.filter(({ path }) => !isGraph(path))),
      aside: usageOf(files.filter(({ path }) => isAside(path))),
    },
    damaged: [...shards].flatMap(([name, shard]) => damage(cache, shard, sizes.get(name))),
    unknown: usageOf(files.filter(({ path }) => isUnknown(path))),
  }
}

/** Graphs lie in folders that bear a version: built-v1, int8-v1. */
const isGraph = (path: string) => /^[^/]+-v\d+\/[^/]+\.onnx$/.test(path)

function isBeingWritten(path: string): boolean {
  const name = basename(path)
  return name.startsWith('.tmp~') && !isAbandoned(name)
}

function damage(cache: string, { fingerprint, digest, bytes }: KnownShard, found: number | undefined): DamagedShard[] {
  const path = shardPath(cache, { fingerprint, shard: digest })
  if (found === bytes || remoteAddress(path) !== undefined) return []
  const reason = found === undefined ? 'it is gone' : `it has ${found} bytes instead of ${bytes}`
  return [{ path, reason }]
}
