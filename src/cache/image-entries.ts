import type Database from 'better-sqlite3'
import type { Dtype } from './dtype.js'
import { dtypeBytes } from './dtype.js'

/** A code of an image. */
export interface ImageCode {
  /** Digest of the shard. */
  readonly shard: string
  readonly row: number
  readonly dtype: Dtype
  /** Bytes of the code. */
  readonly bytes: number
  /** When its shard was entered, milliseconds since 1970. */
  readonly written: number
}

/** The plain codes of an image (sha256 in hex) of one fingerprint; float32 first, which is the one that is read. */
export function imageCodes(database: Database.Database, fingerprint: string, image: string): ImageCode[] {
  const rows = database
    .prepare<[string, Buffer], Omit<ImageCode, 'bytes'> & { shape: string }>(
      `SELECT shard.digest AS shard, row, code.dtype AS dtype, created AS written, shape
       FROM code JOIN shard ON shard.id = code.shard JOIN fingerprint ON fingerprint.id = code.fingerprint
       WHERE fingerprint.digest = ? AND image = ? AND view = 0 ORDER BY code.dtype = 'float32' DESC`,
    )
    .all(fingerprint, Buffer.from(image, 'hex'))
  return rows.map(({ shape, ...code }) => ({ ...code, bytes: lengthOf(shape) * dtypeBytes(code.dtype) }))
}

function lengthOf(shape: string): number {
  const sides: unknown = JSON.parse(shape)
  return Array.isArray(sides) ? sides.reduce((product: number, side) => product * Number(side), 1) : 0
}

/** A file as the last `codes` saw it. */
export interface SeenFile {
  /** The data set's folder, and the path below it. */
  readonly data: string
  readonly path: string
  /** sha256 of its content in hex. */
  readonly image: string
  /** Size, mtime, ctime and inode. */
  readonly stamp: string | null
}

const seenColumns = 'root AS data, path, lower(hex(image)) AS image, stamp'

/** The files of all data sets that had an image's content. */
export function filesOfImage(database: Database.Database, image: string): SeenFile[] {
  const sql = `SELECT ${seenColumns} FROM file JOIN dataset ON dataset.id = dataset WHERE image = ? ORDER BY root, path`
  return database.prepare<[Buffer], SeenFile>(sql).all(Buffer.from(image, 'hex'))
}

/** What was at a place, by any of its absolute paths, the last one that was hashed first. */
export function filesAt(database: Database.Database, paths: readonly string[]): SeenFile[] {
  const sql = `SELECT ${seenColumns} FROM file JOIN dataset ON dataset.id = dataset
    WHERE root || '/' || path IN (SELECT value FROM json_each(?)) AND image IS NOT NULL ORDER BY hashed DESC`
  return database.prepare<[string], SeenFile>(sql).all(JSON.stringify(paths))
}

/** Why files with some content, or at some places where nothing has changed since, give no code of a kind. */
export function refusalOf(
  database: Database.Database,
  { fingerprint, image, paths, stamp }: { fingerprint: string; image: string; paths: readonly string[]; stamp: string },
): { readonly cause: string; readonly reason: string } | undefined {
  const sql = `SELECT cause, reason FROM quarantine JOIN dataset ON dataset.id = quarantine.dataset
    LEFT JOIN file ON file.dataset = quarantine.dataset AND file.path = quarantine.path
    WHERE fingerprint = $fingerprint AND (file.image = $image
      OR (root || '/' || quarantine.path IN (SELECT value FROM json_each($paths)) AND coalesce(quarantine.stamp, $stamp) = $stamp))`
  const found = database.prepare<[Record<string, string | Buffer>], { cause: string; reason: string }>(sql)
  return found.get({ fingerprint, image: Buffer.from(image, 'hex'), paths: JSON.stringify(paths), stamp })
}

/** What a stamp says of a file: its bytes, and when it was written last (milliseconds since 1970). */
export function readStamp(stamp: string): { readonly bytes: number; readonly modified: number } {
  const [bytes, modified] = stamp.split(':')
  return { bytes: Number(bytes), modified: Math.floor(Number(modified) / 1e6) }
}
