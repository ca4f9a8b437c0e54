import { readdirSync } from 'node:fs'
import { basename, dirname, posix } from 'node:path'
import PQueue from 'p-queue'
import { attempt } from '../../base/attempt.js'
import { writeAtomic } from '../../base/write-atomic.js'
import type { Catalog } from '../catalog.js'
import type { FingerprintRecord } from '../code-table.js'
import { cachePaths, shardPath } from '../paths.js'
import { openStore } from './open-store.js'
import { remoteAddress } from './shard-link.js'
import type { SharedStore } from './shared-store.js'

/** Shards that are fetched at the same time. */
const atOnce = 4

/** Whose shards are wanted. */
export interface WantedCodes {
  readonly fingerprint: FingerprintRecord
  /** sha256 in hex. */
  readonly images: Iterable<string>
}

/**
 * Fetches the shards in a bucket that hold codes of some images, as far as they are not here yet; from then on they are files of the
 * cache folder like all others.
 *
 * @param onNote told how many there are, where there are some.
 * @throws UserError when one cannot be had, or is not what its name says; what was fetched stays.
 */
export async function fetchShards(catalog: Catalog, wanted: readonly WantedCodes[], onNote?: (text: string) => void): Promise<void> {
  const paths = wanted.flatMap((codes) => missingShards(catalog, codes))
  if (paths.length === 0) return
  onNote?.(`Fetching ${paths.length} shard${paths.length === 1 ? '' : 's'} of codes.`)
  const stores = new Map<string, Promise<SharedStore>>()
  const queue = new PQueue({ concurrency: atOnce })
  const fetchOne = async (path: string, address: string) => {
    const { location, name } = inBucket(address)
    const store = stores.get(location) ?? openStore(location)
    stores.set(location, store)
    await writeAtomic(path, await (await store).read(name))
  }
  const failures: unknown[] = []
  for (const { path, address } of paths) {
    void queue
      .add(async () => {
        if (failures.length === 0) await fetchOne(path, address)
      })
      .catch((error: unknown) => {
        failures.push(error)
      })
  }
  await queue.onIdle()
  if (failures.length > 0) throw failures[0]
}

/** Shards of which only the address is here. */
function missingShards(catalog: Catalog, { fingerprint, images }: WantedCodes) {
  const folder = cachePaths(catalog.cache).shards(fingerprint.digest)
  const entries = attempt(() => readdirSync(folder, { withFileTypes: true })) ?? []
  if (!entries.some((entry) => entry.isSymbolicLink())) return []
  const asked = new Set(images)
  const places = catalog.codes.places(fingerprint.id).filter(({ image }) => asked.has(image))
  return [...new Set(places.map(({ shard }) => shard.digest))].flatMap((shard) => {
    const path = shardPath(catalog.cache, { fingerprint: fingerprint.digest, shard })
    const address = remoteAddress(path)
    return address === undefined ? [] : [{ path, address }]
  })
}

/** s3://bucket/prefix/codes-v1/FINGERPRINT/SHARD.arrow in its parts. */
function inBucket(address: string): { readonly location: string; readonly name: string } {
  const folder = dirname(address)
  const name = posix.join(basename(dirname(folder)), basename(folder), basename(address))
  return { location: address.slice(0, -name.length - 1), name }
}
