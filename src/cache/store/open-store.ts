import { resolve } from 'node:path'
import { isInBucket, parseBucketAddress } from '../../base/bucket-address.js'
import { FolderStore } from './folder-store.js'
import type { SharedStore } from './shared-store.js'

/**
 * The store at a location: a folder, or s3://bucket/prefix.
 *
 * @throws UserError where the address is none of a bucket.
 */
export async function openStore(location: string): Promise<SharedStore> {
  if (!isInBucket(location)) return new FolderStore(resolve(location))
  const address = parseBucketAddress(location)
  // Its client takes a while to load, and few need it.
  const { openBucketStore } = await import('./bucket-store.js')
  return openBucketStore(address)
}
