import { createHash } from 'node:crypto'
import type { Catalog } from '../catalog.js'
import type { FolderListing } from '../list-folder.js'
import type { ShardView } from '../shard-file.js'
import type { Problem } from './problem.js'

/** What the steps of a verification share. */
export interface VerifyScope {
  readonly cache: string
  /** The folder of codes. */
  readonly codes: string
  /** Taken before the catalog is read: a shard that is committed meanwhile is no orphan. */
  readonly listing: FolderListing
  /** undefined where there is none, or `trouble`. */
  readonly catalog: Catalog | undefined
  /** Why the catalog cannot be opened. */
  readonly trouble: string | undefined
  /** Shards that the step `checksums` found whole, by their paths below the folder of codes. */
  readonly whole: Map<string, ShardFacts>
  /** Told of shards read, and the bytes per second. */
  readonly onProgress: (done: number, all: number, bytesPerSecond: number) => void
  readonly signal: AbortSignal | undefined
}

/** A part of a verification, run and timed by itself. */
export interface VerifyStep {
  readonly name: string
  run(scope: VerifyScope): readonly Problem[] | Promise<readonly Problem[]>
}

/** What is remembered of a shard that was whole. */
export interface ShardFacts {
  /** sha256 of the file. */
  readonly digest: string
  /** Digest of the codes' fingerprint. */
  readonly fingerprint: string
  readonly shape: readonly number[]
  readonly dtype: string
  readonly rows: number
  readonly bytes: number
  readonly codesAt: number
  /** JSON of what computed the codes, undefined where that is not known. */
  readonly made: string | undefined
  /** See `rowsDigest`. */
  readonly rowsDigest: string
}

/** sha256 of what identifies a shard's rows, so that they can be compared with the catalog's without being kept. */
export function rowsDigest({ images, views, crcs }: Pick<ShardView, 'images' | 'views' | 'crcs'>): string {
  const hash = createHash('sha256')
  for (const column of [images, views, crcs]) hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  return hash.digest('hex')
}
