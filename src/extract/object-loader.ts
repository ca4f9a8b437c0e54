import { bucketText, parseBucketAddress } from '../base/bucket-address.js'
import { bucketClient, bucketTrouble } from '../base/bucket-client.js'
import { sha256 } from '../base/content-file.js'
import { BadImage } from '../images/bad-image.js'
import { objectStamp } from '../images/bucket-objects.js'
import { largestFile } from './load-file.js'
import type { LoadImage } from './read-log.js'

/**
 * What reads objects of a bucket below a prefix, and hashes what it read; it keeps its connections. An object that is gone is a
 * BadImage; a bucket that gives nothing is a UserError, so that no image is called bad for an outage.
 */
export function objectLoader(location: string): LoadImage {
  const { bucket, prefix } = parseBucketAddress(location)
  let client: ReturnType<typeof bucketClient> | undefined
  return async (path) => {
    const hashed = Date.now()
    // What a worker is told to read must lie below its root; a server may take the name of an object for a path.
    if (path.split('/').includes('..')) throw new BadImage('unreadable', `Its path leads out of ${bucketText({ bucket, prefix })}.`)
    const key = prefix === '' ? path : `${prefix}/${path}`
    const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3')
    client ??= bucketClient()
    try {
      const object = await (await client).send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      const size = object.ContentLength ?? 0
      if (size > largestFile || !object.Body)
        throw new BadImage('too-large', `It has ${size} bytes; files over ${largestFile} are not read.`)
      const bytes = await object.Body.transformToByteArray()
      return { bytes, image: sha256(bytes), stamp: objectStamp(object).stamp, hashed }
    } catch (error) {
      if (error instanceof BadImage) throw error
      if (error instanceof NoSuchKey) throw new BadImage('unreadable', 'It is gone.')
      throw bucketTrouble('to read', bucketText({ bucket, prefix: key }), error)
    }
  }
}
