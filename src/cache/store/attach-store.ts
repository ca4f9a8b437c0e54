import { existsSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { writeAtomic } from '../../base/write-atomic.js'
import { shardPath } from '../paths.js'
import { linkShard, remoteAddress } from './shard-link.js'
import type { SharedStore } from './shared-store.js'

/** Folder of the shards in a store, which is laid out as a cache folder is. */
export const codesFolder = 'codes-v1'

/**
 * Puts the shards of a shared location into a cache folder: those in a folder as links, those in a bucket as files, so that they can be
 * read once.
 *
 * @returns puts away again what lies in a bucket: the address of each takes the place of its file.
 */
export async function attachStore(cache: string, store: SharedStore): Promise<() => void> {
  const fetched: { readonly path: string; readonly address: string }[] = []
  for await (const { name } of store.list(codesFolder)) {
    const [shard, fingerprint] = [basename(name, '.arrow'), basename(dirname(name))]
    if (!name.endsWith('.arrow') || !/^[0-9a-f]{64}$/.test(shard) || !/^[0-9a-f]{64}$/.test(fingerprint)) continue
    const path = shardPath(cache, { fingerprint, shard })
    const isHere = existsSync(path)
    linkShard(path, store.addressOf(name))
    const address = remoteAddress(path)
    if (isHere || address === undefined) continue
    await writeAtomic(path, await store.read(name))
    fetched.push({ path, address })
  }
  return () => {
    for (const { path, address } of fetched) {
      rmSync(path, { force: true })
      linkShard(path, address)
    }
  }
}
