import type { FileRecord, QuarantineRecord } from '../cache/file-table.js'
import type { ImageLeases } from './image-claims.js'
import type { ExtractProgress, StageThreads } from './options.js'
import type { LoadImage } from './read-log.js'
import type { StreamTarget, TargetOutcome } from './target-stream.js'
import type { Bound } from './what-bounds.js'

/** What is to be computed. */
export interface StreamJob {
  readonly load: LoadImage
  /** Files that were never read, or of whose codes one is missing. */
  readonly todo: readonly FileRecord[]
  readonly leases: ImageLeases
  /** Told from time to time of files that were read, with their hashes: those need not wait for the end of the run. */
  readonly onRead: (files: readonly FileRecord[]) => void
  /** Files of the run, for the progress. */
  readonly total: number
  readonly exclude: ReadonlySet<string> | undefined
  readonly targets: readonly StreamTarget[]
  readonly batch: number
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: ExtractProgress) => void) | undefined
}

/** What came of it. */
export interface StreamOutcome {
  /** Of `todo`, how many were dealt with. */
  readonly done: number
  /** Images of which at least one code was computed. */
  readonly computed: number
  /** Files that could not be read. */
  readonly unreadable: readonly QuarantineRecord[]
  /** Files that were read, with their hash, by path. */
  readonly read: ReadonlyMap<string, FileRecord>
  readonly targets: readonly TargetOutcome[]
  readonly shares: { readonly decode: number; readonly forward: number; readonly write: number }
  /** undefined where nothing was computed. */
  readonly bound: Bound | undefined
  /** Threads of each stage. */
  readonly threads: StageThreads | undefined
  readonly interrupted: boolean
  /** What stopped the work before its end, undefined where nothing did. */
  readonly failure: unknown
}
