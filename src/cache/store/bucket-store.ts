import { basename, extname, posix } from 'node:path'
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { type BucketAddress, bucketText } from '../../base/bucket-address.js'
import { bucketClient, bucketTrouble, statusOf } from '../../base/bucket-client.js'
import { sha256 } from '../../base/content-file.js'
import { UserError } from '../../base/errors.js'
import type { Published } from '../publish.js'
import type { SharedStore, StoredFile } from './shared-store.js'

/** Tries to put an object while another machine is putting the same one. */
const conflicts = 5

/** The store in a bucket. */
export async function openBucketStore(address: BucketAddress): Promise<SharedStore> {
  return new BucketStore(await bucketClient(), address)
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
        const status = statusOf(error)
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
    return bucketTrouble(what, this.addressOf(name), error)
  }
}
