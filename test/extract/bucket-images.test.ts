import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyCatalog } from '../../src/cache/catalog.js'
import { verifyFolder } from '../../src/cache/verify/verify-folder.js'
import { findDuplicates } from '../../src/duplicates/find-duplicates.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { imageLoader } from '../../src/extract/image-loader.js'
import { planCodes } from '../../src/extract/plan-codes.js'
import { recognise } from '../../src/extract/recognise-files.js'
import { Recompute } from '../../src/extract/recompute.js'
import { watchCodes } from '../../src/extract/watch-codes.js'
import { BadImage } from '../../src/images/bad-image.js'
import { scanFolder } from '../../src/images/scan-folder.js'
import { scanImages } from '../../src/images/scan-images.js'
import { dataThumbnails } from '../../src/report/run/data-thumbnails.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { RedisServer, redisPath } from '../helpers/redis-server.js'
import { motoPath, type S3Server, startS3 } from '../helpers/s3-server.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { withWorkers } from '../helpers/with-workers.js'

const model = modelFile(convolution())

describe.skipIf(motoPath === undefined)('images in a bucket', () => {
  let s3: S3Server
  const send = (key: string, content: Uint8Array | string) =>
    s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: content }))

  /** Puts all files of a folder into the bucket, below a prefix. */
  async function upload(folder: string, prefix: string): Promise<string> {
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const { parentPath, name } of paths) {
      const path = join(parentPath, name)
      await send(`${prefix}${path.slice(folder.length)}`, readFileSync(path))
    }
    return `s3://${s3.bucket}/${prefix}`
  }

  beforeAll(async () => {
    s3 = await startS3('photos')
  }, 60_000)

  it.each([
    { name: 'classes', paths: ['b/1.png', 'a/2.png', 'a/deep/er/3.png', 'alone.png', '.hidden/4.png', 'a/.5.png', 'a/Thumbs.db'] },
    { name: 'parts', paths: ['train/a/1.png', 'train/b/2.png', 'valid/a/3.png', 'test/a/4.png', 'train/5.png'] },
    { name: 'no classes', paths: ['1.png', '2.jpg', 'notes.txt'] },
  ])('are listed as those of a folder: $name', async ({ name, paths }) => {
    const folder = tempFolder()
    for (const path of paths) put(folder, path, path)
    const root = await upload(folder, `listed/${name}`)
    const { files, ...found } = await scanImages(`${root}/`)
    expect(found).toEqual({ root })
    expect(files.map(({ seen: _, ...file }) => file)).toEqual(scanFolder(folder).files)
  })

  it.each([
    {
      name: 'nothing-here',
      found:
        'Expected images at s3://photos/nothing-here, found none among 0 objects. Put those of each class below a name of its own: s3://photos/nothing-here/cats/1.jpg.',
    },
    {
      name: 'mixed',
      found: expect.stringContaining('mixed'),
    },
  ])('are not $name', async ({ name, found }) => {
    for (const path of ['train/a/1.png', 'test/a/1.png', 'other/a/1.png']) await send(`mixed/${path}`, path)
    expect((await userErrorOf(() => scanImages(`s3://photos/${name}`))).message).toEqual(found)
  })

  it('give the codes of a folder, are not read again, and may be trained on', async () => {
    const folder = await imageFolder({ a: 12, b: 12 })
    put(folder, 'a/broken.png', 'no image')
    const data = await upload(folder, 'set')
    const [cache, alone] = [tempFolder(), tempFolder()]
    expect(await planCodes({ data, cache, model })).toMatchObject({ misses: 25 })
    const options = { model, workers: 1 }
    const { fingerprint } = await extractCodes({ ...options, data: folder, cache: alone })
    expect(await extractCodes({ ...options, data, cache })).toMatchObject({ computed: 24, quarantined: 1 })
    expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
    // Another content of the same length.
    const [old, changed] = [readFileSync(join(folder, 'a/0.png')), Buffer.from(await noisePng(77))]
    await send('set/a/0.png', changed)
    await send('set/b/12.png', old)
    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: 'set/b/11.png' }))
    expect(await extractCodes({ ...options, data: `${data}/`, cache })).toMatchObject({ computed: 1, cached: 23, quarantined: 1 })
    expect(await extractCodes({ ...options, data, cache })).toMatchObject({ computed: 0, cached: 24, quarantined: 1 })
    const catalog = copyCatalog(cache) ?? expect.fail('no catalog')
    const [set] = catalog.files.datasets()
    expect(set?.root).toBe(data)
    const files = recognise(await scanImages(data), catalog.files.files(set?.id ?? 0))
    catalog.close()
    expect(files.filter(({ image }) => image === undefined)).toEqual([]) // by its stamp alone each is known
    expect(await trainHead({ data, cache })).toMatchObject({ classes: 2 })
    const imageOf = await dataThumbnails(data, ['a/1.png', 'b/11.png', '../set/a/1.png'])
    expect(['a/1.png', 'b/11.png', '../set/a/1.png'].map((path) => imageOf(path).thumbnail)).toEqual([
      expect.objectContaining({ kind: 'image', width: 12 }),
      { kind: 'missing', reason: 'It is gone.' },
      { kind: 'missing', reason: 'Its path leads out of s3://photos/set.' },
    ])
    expect(await findDuplicates({ data, cache })).toMatchObject({ exact: [], unseen: [] })
    expect((await userErrorOf(() => watchCodes({ data, cache, models: [model] }))).message).toBe(
      `Expected a folder of images, found the address of a bucket, ${data}, which --watch and recipes cannot look at. Give a folder.`,
    )
    const again = new Recompute({ codes: 25, seed: 1 })
    await verifyFolder({ cache }, [again])
    expect(again.result).toMatchObject({ equal: 24, different: 0, unchecked: [{ reason: 'no data set has its image' }] })
  }, 60_000)

  it('are read by the names that are listed, whatever these are', async () => {
    const paths = ['a//2.png', 'a/1 +&%20=?#.png', 'ü/3.png']
    for (const path of paths) await send(`odd/${path}`, path)
    const { files } = await scanImages('s3://photos/odd')
    expect(files.map(({ path }) => path)).toEqual(paths)
    const loaded = await Promise.all(paths.map(imageLoader('s3://photos/odd')))
    expect(loaded.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(paths)
  })

  it.each(['../other/1.png', 'a/../../other/1.png'])('are read only below their prefix, not %s', async (path) => {
    await send('other/1.png', await noisePng(1))
    await expect(imageLoader('s3://photos/set')(path)).rejects.toThrow(new BadImage('unreadable', 'Its path leads out of s3://photos/set.'))
  })

  it('are not bad because the bucket is out of reach', async () => {
    await expect(imageLoader('s3://photos/set')('a/gone.png')).rejects.toThrow(new BadImage('unreadable', 'It is gone.'))
    const { message } = await userErrorOf(() => imageLoader('s3://no-such-bucket')('a/1.png'))
    expect(message).toBe(
      'Expected to read s3://no-such-bucket/a/1.png, but that is not possible: NoSuchBucket: The specified bucket does not exist. Check the bucket, AWS_ENDPOINT_URL_S3, AWS_REGION and the credentials.',
    )
  })

  it.skipIf(redisPath === undefined)('are read by workers', async () => {
    const [redis, folder] = [await RedisServer.start(), await imageFolder({ a: 10, b: 10 })]
    const data = await upload(folder, 'for-workers')
    const [cache, alone] = [tempFolder(), tempFolder()]
    const { fingerprint } = await extractCodes({ model, workers: 1, data: folder, cache: alone })
    const { result } = await withWorkers({ data, cache, models: [model], queue: redis.url, lease: 8 })
    expect(result).toMatchObject({ computed: 20 })
    expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
  })
})
