import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { CodeTable } from './code-table.js'
import { listFolder } from './list-folder.js'
import { tryReadShard } from './read-shard.js'

/** What came of going through all shards of a cache. */
export interface Indexed {
  readonly shards: number
  readonly rows: number
  /** Shards that are not whole, and why; they are left where they are. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[]
  /** Shards whose rows were all in others, which the catalog does not keep. */
  readonly redundant: readonly string[]
}

/** Enters every whole shard below a folder into a catalog, as far as it does not know them. */
export function indexShards(database: Database.Database, codes: string, onShard: (done: number, all: number) => void = () => undefined) {
  const table = new CodeTable(database)
  const refused: { path: string; reason: string }[] = []
  const paths = shardPaths(codes)
  const redundant: string[] = []
  let [shards, rows] = [0, 0]
  for (const [at, path] of paths.entries()) {
    const shard = tryReadShard(path, (reason) => refused.push({ path, reason }))
    if (shard) {
      const { fingerprint, shape } = shard.view.metadata
      const committed = table.commit(table.enter(fingerprint, shape).id, shard.record)
      if (committed.was === 'redundant') redundant.push(path)
      else shards++
      rows += committed.rows
    }
    onShard(at + 1, paths.length)
  }
  return { shards, rows, refused, redundant } satisfies Indexed
}

/**
 * Every file below a folder of codes that is named like a shard, in the order of names.
 *
 * @throws Error where a folder of shards cannot be listed.
 */
export function shardPaths(codes: string): string[] {
  const { shards, unreadable } = listFolder(codes)
  const [first] = unreadable
  if (first) throw new Error(first.reason)
  return shards.map(({ path }) => join(codes, path))
}
