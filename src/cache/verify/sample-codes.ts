import type Database from 'better-sqlite3'
import type { Random } from '../../base/random.js'
import type { Dtype } from '../dtype.js'

/** A code that was chosen. */
export interface SampledCode {
  /** sha256 of the image file, in hex. */
  readonly image: string
  readonly dtype: Dtype
  /** Digests of the code's fingerprint and shard. */
  readonly fingerprint: string
  readonly shard: string
  readonly row: number
}

/** Chooses so many plain codes of a cache at random, all of them equally likely and each once, in the order of their shards. */
export function sampleCodes(database: Database.Database, wanted: number, random: Random): SampledCode[] {
  const all = Number(database.prepare('SELECT count(*) FROM code WHERE view = 0').pluck().get())
  const select = database.prepare<[string], SampledCode>(
    `WITH numbered AS (SELECT *, row_number() OVER (ORDER BY fingerprint, image, dtype) - 1 AS number FROM code WHERE view = 0)
     SELECT lower(hex(image)) AS image, numbered.dtype AS dtype, fingerprint.digest AS fingerprint, shard.digest AS shard, row
     FROM numbered JOIN shard ON shard.id = numbered.shard JOIN fingerprint ON fingerprint.id = numbered.fingerprint
     WHERE number IN (SELECT value FROM json_each(?)) ORDER BY fingerprint.id, shard.id, row`,
  )
  return select.all(JSON.stringify([...sampleNumbers(all, wanted, random)]))
}

/** So many different numbers of 0 … all − 1 (Floyd's algorithm: Bentley and Floyd, "A sample of brilliance", 1987). */
function sampleNumbers(all: number, wanted: number, random: Random): Set<number> {
  const chosen = new Set<number>()
  for (let last = Math.max(0, all - wanted); last < all; last++) {
    const number = Math.floor(random() * (last + 1))
    chosen.add(chosen.has(number) ? last : number)
  }
  return chosen
}

/** Where files with some images' content were when `codes` last saw them. */
export function imagePaths(database: Database.Database, images: readonly string[]): Map<string, { root: string; path: string }[]> {
  const rows = database
    .prepare<[string], { root: string; path: string; image: string }>(
      `SELECT root, path, lower(hex(image)) AS image FROM file JOIN dataset ON dataset.id = file.dataset
       WHERE lower(hex(image)) IN (SELECT value FROM json_each(?)) ORDER BY dataset, path`,
    )
    .all(JSON.stringify(images))
  const paths = new Map<string, { root: string; path: string }[]>()
  for (const { image, ...place } of rows) paths.set(image, [...(paths.get(image) ?? []), place])
  return paths
}
