import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../base/errors.js'
import { damagedFolder, isCatalogFile } from './paths.js'
import { remoteAddress } from './store/shard-link.js'

/** A file of a cache folder. */
export interface ListedFile {
  /** Below the folder of codes, with / between. */
  readonly path: string
  readonly bytes: number
}

/** What lies in a folder of codes. */
export interface FolderListing {
  /** Files that are named like shards, in the order of their paths. */
  readonly shards: readonly ListedFile[]
  /** Shards that lie in a bucket and were not fetched yet. */
  readonly remote: readonly string[]
  /** Temporary files, of living and of dead writers. */
  readonly temporary: readonly string[]
  /** Shards that a repair put aside. */
  readonly damaged: readonly string[]
  /** What the program has no use for. */
  readonly unknown: readonly string[]
  /** Folders that cannot be listed, and why. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[]
}

/** Lists a folder of codes, reading no file. What goes away meanwhile is not listed. */
export function listFolder(codes: string): FolderListing {
  const listing = {
    shards: [] as ListedFile[],
    remote: [] as string[],
    temporary: [] as string[],
    damaged: [] as string[],
    unknown: [] as string[],
  }
  const unreadable: { path: string; reason: string }[] = []
  const entries = (path: string) => {
    try {
      return readdirSync(join(codes, path), { withFileTypes: true }).sort(byName)
    } catch (error) {
      unreadable.push({ path, reason: messageOf(error) })
      return []
    }
  }
  for (const { name } of entries('.')) {
    const state = statSync(join(codes, name), { throwIfNoEntry: false })
    if (name.startsWith('.tmp~')) listing.temporary.push(name)
    else if (state?.isDirectory() && name === damagedFolder) {
      listing.damaged.push(...entries(name).map((entry) => `${name}/${entry.name}`))
    } else if (state?.isDirectory() && /^[0-9a-f]{64}$/.test(name)) {
      for (const entry of entries(name)) sortIn(listing, codes, `${name}/${entry.name}`)
    } else if (!isCatalogFile(name)) listing.unknown.push(name)
  }
  return { ...listing, unreadable }
}

function sortIn(
  { shards, remote, temporary, unknown }: { shards: ListedFile[]; remote: string[]; temporary: string[]; unknown: string[] },
  codes: string,
  path: string,
): void {
  const state = statSync(join(codes, path), { throwIfNoEntry: false })
  if (path.includes('/.tmp~')) temporary.push(path)
  else if (path.endsWith('.arrow') && state?.isFile()) shards.push({ path, bytes: state.size })
  else if (remoteAddress(join(codes, path)) !== undefined) remote.push(path)
  else unknown.push(path)
}

const byName = (a: Dirent, b: Dirent) => (a.name < b.name ? -1 : 1)
