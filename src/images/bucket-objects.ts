import { bucketText, parseBucketAddress } from '../base/bucket-address.js'
import { bucketClient, bucketTrouble } from '../base/bucket-client.js'
import type { FileStamp } from './file-stamp.js'

/** An object of a bucket. */
export interface BucketObject extends FileStamp {
  /** Below the prefix. */
  readonly path: string
}

/** What is known of an object's content by its listing, or by an answer that brings it. */
interface ObjectState {
  readonly Size?: number | undefined
  readonly ContentLength?: number | undefined
  readonly ETag?: string | undefined
  readonly LastModified?: Date | undefined
}

/** The stamp of an object. Its ETag tells one content from another, however short the time between. */
export function objectStamp({ Size, ContentLength, ETag = '', LastModified }: ObjectState): FileStamp {
  return { stamp: `${Size ?? ContentLength ?? 0}:${ETag}:${LastModified?.getTime() ?? 0}`, changed: 0 }
}

/**
 * All objects below s3://bucket/prefix, in the order of their names.
 *
 * @throws UserError when they cannot be listed.
 */
export async function listObjects(location: string): Promise<BucketObject[]> {
  const { bucket, prefix } = parseBucketAddress(location)
  const below = prefix === '' ? '' : `${prefix}/`
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3')
  const client = await bucketClient()
  const objects: BucketObject[] = []
  let token: string | undefined
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: below,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    const page = await client.send(command).catch((error: unknown) => {
      throw bucketTrouble('to list', bucketText({ bucket, prefix }), error)
    })
    for (const { Key = '', ...state } of page.Contents ?? []) objects.push({ path: Key.slice(below.length), ...objectStamp(state) })
    token = page.NextContinuationToken
  } while (token !== undefined)
  return objects
}
