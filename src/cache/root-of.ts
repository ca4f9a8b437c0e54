import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { bucketText, isInBucket, parseBucketAddress } from '../base/bucket-address.js'

/** A data folder's absolute path (or the address of a bucket) with links resolved, as the catalog has it; one that is gone is named as it is written. */
export function rootOf(data: string): string {
  if (isInBucket(data)) return bucketText(parseBucketAddress(data))
  try {
    return realpathSync(data)
  } catch {
    return resolve(data)
  }
}
