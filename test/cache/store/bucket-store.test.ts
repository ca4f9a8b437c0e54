import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../../src/base/content-file.js'
import { openStore } from '../../../src/cache/store/open-store.js'
import { keepsWhatIsThere, motoPath, type S3Server, startS3 } from '../../helpers/s3-server.js'
import { expectUsageError, userErrorOf } from '../../helpers/thrown.js'

describe('the address of a bucket', () => {
  it.each(['s3://', 's3:///prefix', 's3://UPPER/x', 's3://a', 's3://bucket/../other', 's3://bucket/a/./b'])('is not %s', async (given) => {
    await expectUsageError(
      () => openStore(given),
      `Expected the address of a bucket to be s3://bucket or s3://bucket/prefix, got "${given}".`,
    )
  })
})

describe.skipIf(motoPath === undefined)('BucketStore', () => {
  let server: S3Server
  const name = (text: string) => `${sha256(Buffer.from(text))}.bin`

  beforeAll(async () => {
    server = await startS3('codes')
  }, 60_000)

  it('is tested on a server that honours If-None-Match', async () => {
    expect(await keepsWhatIsThere(server)).toBe(true)
  })

  it('puts content under its digest, in pieces, and what is there stays', async () => {
    const store = await openStore('s3://codes/some/prefix/')
    expect(store.location).toBe('s3://codes/some/prefix')
    const pieces = [Buffer.from('a whole '), Buffer.from('shard')]
    const published = await store.publish('folder', pieces, '.bin')
    expect(published).toEqual({ digest: sha256(Buffer.from('a whole shard')), bytes: 13 })
    const key = `some/prefix/folder/${name('a whole shard')}`
    // What lies there now is another content: a second put must not write over it.
    await server.client.send(new PutObjectCommand({ Bucket: 'codes', Key: key, Body: 'other' }))
    expect(await store.publish('folder', pieces, '.bin')).toEqual(published)
    const { Body } = await server.client.send(new GetObjectCommand({ Bucket: 'codes', Key: key }))
    expect(await Body?.transformToString()).toBe('other')
    expect(store.addressOf(`folder/${name('a whole shard')}`)).toBe(`s3://codes/${key}`)
    expect((await userErrorOf(() => store.read(`folder/${name('a whole shard')}`))).message).toBe(
      `Expected a whole object at s3://codes/${key}, found another content than its name says. Delete it, and run codes again.`,
    )
  })

  it('reads what it has put, and lists it over several pages', async () => {
    const store = await openStore('s3://codes/many')
    const texts = Array.from({ length: 1005 }, (_, at) => `text ${at}`)
    for (let from = 0; from < texts.length; from += 100)
      await Promise.all(texts.slice(from, from + 100).map((text) => store.publish('below', [Buffer.from(text)], '.bin')))
    const listed = []
    for await (const file of store.list('below')) listed.push(file)
    expect(listed.map((file) => file.name).sort()).toEqual(texts.map((text) => `below/${name(text)}`).sort())
    expect(listed.every(({ bytes }) => bytes === 6 || bytes === 7 || bytes === 8 || bytes === 9)).toBe(true)
    expect(Buffer.from(await store.read(`below/${name('text 7')}`)).toString()).toBe('text 7')
    const none = []
    for await (const file of store.list('nowhere')) none.push(file)
    expect(none).toEqual([])
  })

  it('says what is wrong, without the credentials', async () => {
    const store = await openStore('s3://not-there/x')
    const { message } = await userErrorOf(() => store.publish('a', [Buffer.from('x')], '.bin'))
    expect(message).toBe(
      `Expected to write s3://not-there/x/a/${name('x')}, but that is not possible: NoSuchBucket: The specified bucket does not exist. Check the bucket, AWS_ENDPOINT_URL_S3, AWS_REGION and the credentials.`,
    )
    const missing = await userErrorOf(async () => (await openStore('s3://codes')).read(`a/${name('y')}`))
    expect(missing.message).toMatch(/^Expected to read s3:\/\/codes\/a\/[0-9a-f]{64}\.bin, but that is not possible: NoSuchKey: /)
  })
})
