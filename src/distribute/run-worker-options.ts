import type { SharedStore } from '../cache/store/shared-store.js'
import type { OpenRunPool, RunPoolOptions } from './open-run-pool.js'
import type { RunDescription } from './run-description.js'

/** What `worker` takes. */
export interface WorkerOptions extends RunPoolOptions {
  /** Address of the Redis that `codes --queue` was given. */
  readonly queue: string
  /** The folder of images, as this machine sees it; nothing is read outside it. */
  readonly root: string
  /** The shared location as this machine sees it, default as the coordinator does. */
  readonly shared?: string | undefined
  /** Ends when there was nothing to do for so many seconds; default: never. */
  readonly idle?: number | undefined
  /** Ends it when the leases are done that were begun. */
  readonly signal?: AbortSignal | undefined
  /** Told in a sentence of what does not go as it should. */
  readonly onNote?: ((text: string) => void) | undefined
  readonly onProgress?: ((progress: WorkerProgress) => void) | undefined
  /** What starts the threads, default those of the program: a benchmark may have others. */
  readonly openPool?: ((run: RunDescription, store: SharedStore, options: RunPoolOptions) => Promise<OpenRunPool>) | undefined
}

/** What a worker has done so far. */
export interface WorkerProgress {
  readonly leases: number
  readonly images: number
  /** Files that gave no code. */
  readonly refused: number
  /** Images per second lately. */
  readonly rate: number
}

/** What a worker has done. */
export interface WorkerResult extends Omit<WorkerProgress, 'rate'> {
  readonly seconds: number
  readonly interrupted: boolean
}
