import { usageError } from './errors.js'

/** What the addresses of buckets begin with. */
export const bucketScheme = 's3://'

/** Whether a location is in a bucket, not in a folder. */
export const isInBucket = (location: string) => location.startsWith(bucketScheme)

/** A place in an S3-compatible bucket. */
export interface BucketAddress {
  readonly bucket: string
  /** What the names of objects begin with, without a slash at its end; empty for the whole bucket. */
  readonly prefix: string
}

/**
 * Reads s3://bucket/prefix.
 *
 * @throws UserError where it is something else.
 */
export function parseBucketAddress(given: string): BucketAddress {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(given) ?? []
  const parts = prefix.split('/').filter((part) => part !== '')
  if (bucket === undefined || parts.some((part) => part === '.' || part === '..'))
    throw usageError('the address of a bucket', 's3://bucket or s3://bucket/prefix', given)
  return { bucket, prefix: parts.join('/') }
}

export const bucketText = ({ bucket, prefix }: BucketAddress) => `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`
