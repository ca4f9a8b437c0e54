import type { ExtractProgress, ExtractSeveralOptions, ExtractSeveralResult } from '../extract/options.js'

/** What `codes` takes where workers do the work. */
export interface QueueCodesOptions extends ExtractSeveralOptions {
  /** Address of a Redis: redis://host:6379. Credentials come from REDIS_USERNAME and REDIS_PASSWORD. */
  readonly queue: string
  /** Where workers put finished shards: a folder that all machines see, or s3://bucket/prefix. Default: the cache folder. */
  readonly shared?: string | undefined
  /** Images that a worker takes at a time, default 256. */
  readonly lease?: number | undefined
  /** A worker that gives no sign of life for so many seconds loses its leases, default 30. */
  readonly patience?: number | undefined
  /** Hand everything out and go; the same call without it enters what the workers have done. Default false. */
  readonly detach?: boolean | undefined
  readonly onQueue?: ((progress: QueueProgress) => void) | undefined
}

/** How far the workers are. */
export interface QueueProgress extends ExtractProgress {
  /** Workers that are alive. */
  readonly workers: number
}

/** What came of it. */
export interface QueueCodesResult extends ExtractSeveralResult {
  /** Name of the run in the queue. */
  readonly run: string
  /** Leases that are still in the queue: all of them where it is left to the workers. */
  readonly leases: number
}
