import { basename, extname, posix } from 'node:path'
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { sha256 } from '../../base/content-file.js'
import { clauseOf, UserError } from '../../base/errors.js'
import type { Published } from '../publish.js'
import { type BucketAddress, bucketText } from './bucket-address.js'
import type { SharedStore, StoredFile } from './shared-store.js'

/** Tries of a request, with growing pauses between them. */
const attempts = 5

/** Tries to put an object while another machine is putting the same one. */
const conflicts = 5

/**
 * An S3-compatible bucket. Endpoint, region and credentials come from where all AWS tools take them: AWS_ENDPOINT_URL_S3,
 * AWS_REGION, AWS_ACCESS_KEY_ID, …, a profile, or the machine's role.
 */
export function openBucketStore(address: BucketAddress, environment: NodeJS.ProcessEnv = process.env): SharedStore {
  const ownEndpoint = environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL
  const client = new S3Client({
    maxAttempts: attempts,
    // Servers other than Amazon's rarely have a host name for each bucket.
    forcePathStyle: ownEndpoint !== undefined,
    ...(environment.AWS_REGION === undefined && ownEndpoint !== undefined ? { region: 'us-east-1' } : {}),
  })
  return new BucketStore(client, address)
}

class BucketStore implements SharedStore {
  readonly location: string
  readonly #client: S3Client
  readonly #address: BucketAddress

  constructor(client: S3Client, address: BucketAddress) {
    this.#client = client
    this.#address = address
    this.location = bucketText(address)
  }

  /** A conditional put (If-None-Match: *): what is there under this digest is the same content. */
  async publish(folder: string, content: readonly Uint8Array[], extension: string): Promise<Published> {
    const body = Buffer.concat(content)
    const digest = sha256(body)
    const name = posix.join(folder, `${digest}${extension}`)
    for (let left = conflicts; ; left--) {
      const put = new PutObjectCommand({ Bucket: this.#address.bucket, Key: this.#key(name), Body: body, IfNoneMatch: '*' })
      try {
        await this.#client.send(put)
        break
      } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined
        if (status === 412) break // it is there
        if (status !== 409 || left === 0) throw this.#trouble('to write', name, error)
      }
    }
    return { digest, bytes: body.length }
  }

  addressOf(name: string): string {
    return bucketText({ ...this.#address, prefix: this.#key(name) })
  }

  /** What a put has answered is there for all. */
  isInSight(): boolean {
    return true
  }

  async read(name: string): Promise<Uint8Array> {
    const bytes = await this.#get(name)
    if (sha256(bytes) !== basename(name, extname(name)))
      throw new UserError(
        `Expected a whole object at ${this.addressOf(name)}, found another content than its name says. Delete it, and run codes again.`,
      )
    return bytes
  }

  async *list(folder: string): AsyncGenerator<StoredFile> {
    let token: string | undefined
    do {
      const page = await this.#page(folder, token)
      for (const { Key = '', Size = 0 } of page.Contents ?? []) yield { name: posix.relative(this.#address.prefix, Key), bytes: Size }
      token = page.NextContinuationToken
    } while (token !== undefined)
  }

  async #page(folder: string, token: string | undefined): Promise<ListObjectsV2CommandOutput> {
    const list = new ListObjectsV2Command({
      Bucket: this.#address.bucket,
      Prefix: `${this.#key(folder)}/`,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    return this.#client.send(list).catch((error: unknown) => {
      throw this.#trouble('to list', folder, error)
    })
  }

  async #get(name: string): Promise<Uint8Array> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#address.bucket, Key: this.#key(name) }))
      if (!Body) throw new Error('the answer is empty')
      return await Body.transformToByteArray()
    } catch (error) {
      throw this.#trouble('to read', name, error)
    }
  }

  #key(name: string): string {
    return posix.join(this.#address.prefix, name)
  }

  #trouble(what: string, name: string, error: unknown): UserError {
    const kind = error instanceof S3ServiceException ? `${error.name}: ` : ''
    return new UserError(
      `Expected ${what} ${this.addressOf(name)}, but that is not possible: ${kind}${clauseOf(error)}. Check the bucket, AWS_ENDPOINT_URL_S3, AWS_REGION and the credentials.`,
    )
  }
}
