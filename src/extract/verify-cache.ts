import { usageError } from '../base/errors.js'
import { type Verified, type VerifyFolderOptions, verifyFolder } from '../cache/verify/verify-folder.js'
import { Recompute, type Recomputed, type RecomputeOptions } from './recompute.js'

export interface VerifyCacheOptions extends VerifyFolderOptions, Pick<RecomputeOptions, 'engine' | 'device' | 'workers' | 'onCode'> {
  /** So many codes, chosen at random, are computed again from their image files; default 0. */
  readonly recompute?: number | undefined
  /** Seed of that choice, default 0. */
  readonly seed?: number | undefined
}

export interface VerifyCacheResult extends Verified {
  /** null where nothing was to be computed again. */
  readonly recomputed: Recomputed | null
}

/**
 * Verifies a cache folder: its layout, every shard by itself, the catalog by itself and against the shards and, where it is asked
 * for, codes against their images. Nothing is written unless `repair` is set; other processes may go on working.
 *
 * @throws UserError where there is no cache, or one that is to be repaired cannot be written.
 * @throws the reason of `options.signal` when it is aborted.
 */
export async function verifyCache({ recompute = 0, ...options }: VerifyCacheOptions = {}): Promise<VerifyCacheResult> {
  if (!Number.isSafeInteger(recompute) || recompute < 0) throw usageError('recompute', 'a whole number, 0 or more', recompute)
  const { seed = 0 } = options
  const step = recompute > 0 ? new Recompute({ ...options, seed, codes: recompute }) : undefined
  const verified = await verifyFolder(options, step ? [step] : [])
  return { ...verified, recomputed: step?.result ?? null }
}
