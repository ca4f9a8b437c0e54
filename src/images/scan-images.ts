import { isInBucket } from '../base/bucket-address.js'
import { scanBucket } from './scan-bucket.js'
import { type ScannedFolder, scanFolder } from './scan-folder.js'

/** Lists a data set in a folder or, as s3://bucket/prefix, in a bucket. @throws as `scanFolder` and `scanBucket` do. */
export async function scanImages(data: string, cache?: string): Promise<ScannedFolder> {
  return isInBucket(data) ? scanBucket(data) : scanFolder(data, cache)
}
