import { createHash } from 'node:crypto'
import { usageError } from '../base/errors.js'

/** One of several parts of a data set's files: the jobs of an array take a part each. */
export interface ShardOfFiles {
  /** From 1 on. */
  readonly index: number
  readonly count: number
}

/** More jobs than this are a slip of the pen. */
const most = 100_000

/** Refuses a part that there is not. */
export function checkShard({ index, count }: ShardOfFiles): void {
  const isWhole = [index, count].every(Number.isSafeInteger)
  if (!isWhole || count < 1 || count > most || index < 1 || index > count)
    throw usageError('--shard', `I/N, with I from 1 to N and N at most ${most}, as in 3/16`, `${index}/${count}`)
}

/**
 * Whether a file belongs to a part. It is told from a hash of its path alone: every file is in one part, the parts are about alike, and
 * new images move no other one.
 */
export function isInShard(path: string, { index, count }: ShardOfFiles): boolean {
  return createHash('sha256').update(path).digest().readUIntBE(0, 6) % count === index - 1
}
