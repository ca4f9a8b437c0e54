import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UserError } from '../base/errors.js'
import { makeFolder } from '../base/make-folder.js'

/** Where things lie in a cache folder. The version in the name is raised when the layout changes. */
export function cachePaths(cache: string) {
  const codes = join(cache, 'codes-v1')
  return {
    codes,
    catalog: join(codes, 'catalog.sqlite'),
    /** Folder of one fingerprint's shards. */
    shards: (fingerprint: string) => join(codes, fingerprint),
    gram: join(cache, 'gram'),
    /** Near-duplicates that were found among images. */
    duplicates: join(cache, 'duplicates'),
    heads: join(cache, 'heads'),
    exports: join(cache, 'exports'),
    sweeps: join(cache, 'sweeps'),
    reports: join(cache, 'reports'),
    /** Downloaded weights and built graphs. */
    models: join(cache, 'models'),
  }
}

/** Where a shard lies; both digests in hex. */
export function shardPath(cache: string, { fingerprint, shard }: { readonly fingerprint: string; readonly shard: string }): string {
  return join(cachePaths(cache).shards(fingerprint), `${shard}.arrow`)
}

/** Folder of shards that a repair put aside, below the folder of codes; nothing is read from there. */
export const damagedFolder = 'damaged'

/** Whether a file of the folder of codes is the catalog, one of the files that SQLite keeps beside it, or an earlier one. */
export const isCatalogFile = (name: string) => /^catalog\.sqlite(\.before-[0-9TZ.]+)?(-wal|-shm|-journal)?$/.test(name)

/** Makes a folder that can be written, or says why not. */
export function ensureWritable(folder: string): void {
  try {
    makeFolder(folder)
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw new UserError(
      `Expected to write into ${folder}, but that is not possible: ${messageOf(error)}. Choose another folder with --cache, or change its permissions.`,
    )
  }
}

/** Whether this process may write a file, or into a folder. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
