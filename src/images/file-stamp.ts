import { type BigIntStats, statSync } from 'node:fs'

/** Writes of the last two seconds may leave no trace in the times that a file system keeps. */
const raceMilliseconds = 2000

/** A file's size, mtime, ctime and inode: the same stamp means the same content, unless it was written just before. */
export interface FileStamp {
  readonly stamp: string
  /** Milliseconds since 1970, the later of mtime and ctime. */
  readonly changed: number
}

/** The stamp of a file, or undefined where there is none to be had. */
export function fileStamp(path: string): FileStamp | undefined {
  try {
    return toStamp(statSync(path, { bigint: true }))
  } catch {
    return undefined
  }
}

/** The stamp that a stat tells. */
export function toStamp({ size, mtimeNs, ctimeNs, ino }: BigIntStats): FileStamp {
  const changed = mtimeNs > ctimeNs ? mtimeNs : ctimeNs
  return { stamp: `${size}:${mtimeNs}:${ctimeNs}:${ino}`, changed: Number(changed / 1_000_000n) }
}

/** Whether a file that was hashed at `hashed` (milliseconds since 1970) with this stamp cannot have changed since. */
export function isUnchanged(now: FileStamp, stamp: string | undefined, hashed: number | undefined): boolean {
  return stamp === now.stamp && hashed !== undefined && now.changed + raceMilliseconds < hashed
}
