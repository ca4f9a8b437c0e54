import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { CodeTable } from './code-table.js'
import { tryReadShard } from './read-shard.js'

/** What came of going through all shards of a cache. */
export interface Indexed {
  readonly shards: number
  readonly rows: number
  /** Shards that are not whole, and why; they are left where they are. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[]
}

/** Enters every whole shard below a folder into a catalog, as far as it does not know them. */
export function indexShards(database: Database.Database, codes: string, onShard: (done: number, all: number) => void = () => undefined) {
  const table = new CodeTable(database)
  const refused: { path: string; reason: string }[] = []
  const paths = shardPaths(codes)
  let [shards, rows] = [0, 0]
  for (const [at, path] of paths.entries()) {
    const shard = tryReadShard(path, (reason) => refused.push({ path, reason }))
    if (shard) {
      const { fingerprint, shape } = shard.view.metadata
      rows += table.commit(table.enter(fingerprint, shape).id, shard.record).rows
      shards++
    }
    onShard(at + 1, paths.length)
  }
  return { shards, rows, refused } satisfies Indexed
}

/** Every file below a folder of codes that is named like a shard, in the order of names. */
export function shardPaths(codes: string): string[] {
  const entries = (folder: string): Dirent[] => readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries(codes)
    .filter((entry) => entry.isDirectory() && /^[0-9a-f]{64}$/.test(entry.name))
    .flatMap(({ name }) => entries(join(codes, name)).map((shard) => join(codes, name, shard.name)))
    .filter((path) => path.endsWith('.arrow'))
}
