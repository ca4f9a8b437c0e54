import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cachePaths } from '../../src/cache/paths.js'
import { rebuildCatalog } from '../../src/cache/rebuild-catalog.js'
import { verifyFolder } from '../../src/cache/verify/verify-folder.js'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { imageFolder } from '../helpers/image-folder.js'
import { RedisServer, redisPath } from '../helpers/redis-server.js'
import { motoPath, startS3 } from '../helpers/s3-server.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { withWorkers } from '../helpers/with-workers.js'

const model = modelFile(convolution())
const models = [model]

/** The entries of a kind's folder in a cache: links and files. */
function entries(cache: string, fingerprint: string) {
  const folder = cachePaths(cache).shards(fingerprint)
  const paths = readdirSync(folder).map((name) => join(folder, name))
  const links = paths.filter((path) => lstatSync(path).isSymbolicLink())
  return { links: links.map((path) => readlinkSync(path)), files: paths.length - links.length }
}

describe.skipIf(redisPath === undefined)('a shared folder', () => {
  it('has the shards, which the catalog of this machine and of any other one know', async () => {
    const server = await RedisServer.start()
    const [data, cache, shared, alone] = [await imageFolder({ a: 12, b: 12 }), tempFolder(), tempFolder(), tempFolder()]
    const { fingerprint } = await extractCodes({ data, cache: alone, model, workers: 1 })
    await withWorkers({ data, cache, shared, models, queue: server.url, lease: 16 })
    const { links, files } = entries(cache, fingerprint)
    expect(files).toBe(0)
    expect(links.length).toBeGreaterThan(1)
    expect(links.every((link) => link.startsWith(join(shared, 'codes-v1', fingerprint)))).toBe(true)
    expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
    expect(await verifyFolder({ cache })).toMatchObject({ rows: 24, bad: [], orphans: 0 })
    const { accuracy } = await trainHead({ data, cache })
    expect(accuracy).toEqual((await trainHead({ data, cache: alone })).accuracy)
    const other = tempFolder()
    expect(await rebuildCatalog({ cache: other, shared })).toMatchObject({ rows: 24, refused: [] })
    expect(await extractCodes({ data, cache: other, model })).toMatchObject({ computed: 0, cached: 24 })
    expect((await trainHead({ data, cache: other })).accuracy).toEqual(accuracy)
  })

  it('goes together with codes that the cache has of its own', async () => {
    const server = await RedisServer.start()
    const [data, cache, shared] = [await imageFolder({ a: 10 }), tempFolder(), tempFolder()]
    const { fingerprint } = await extractCodes({ data, cache, model, workers: 1, shard: { index: 1, count: 2 } })
    const { result } = await withWorkers({ data, cache, shared, models, queue: server.url })
    expect(result.computed).toBeGreaterThan(0)
    expect(result.computed + result.cached).toBe(10)
    expect(entries(cache, fingerprint)).toMatchObject({ files: 1, links: [expect.stringContaining(shared)] })
    expect(storedCodes(cache, fingerprint).size).toBe(10)
  })
})

describe.skipIf(redisPath === undefined || motoPath === undefined)('a bucket', () => {
  it('has the shards, of which train-head and sweep-samples fetch what they need', async () => {
    const [server, s3] = [await RedisServer.start(), await startS3('photos')]
    const [data, cache, alone] = [await imageFolder({ a: 16, b: 16 }), tempFolder(), tempFolder()]
    const { fingerprint } = await extractCodes({ data, cache: alone, model, workers: 1 })
    const shared = 's3://photos/codes'
    await withWorkers({ data, cache, shared, models, queue: server.url, lease: 8 })
    const names = await s3.names()
    const shards = names.filter((name) => name.startsWith(`codes/codes-v1/${fingerprint}/`))
    expect(names.filter((name) => /^codes\/networks-v1\/[0-9a-f]{64}\.onnx$/.test(name)).length).toBe(1)
    expect(entries(cache, fingerprint)).toEqual({ files: 0, links: expect.arrayContaining(shards.map((name) => `s3://photos/${name}`)) })
    // What is not here is neither lost nor damaged.
    expect(await extractCodes({ data, cache, model })).toMatchObject({ computed: 0, cached: 32 })
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 0, bad: [], orphans: 0 })
    const notes: string[] = []
    const { accuracy } = await trainHead({ data, cache, onNote: (text) => notes.push(text) })
    expect(notes).toContain(`Fetching ${shards.length} shards of codes.`)
    expect(accuracy).toEqual((await trainHead({ data, cache: alone })).accuracy)
    expect(entries(cache, fingerprint)).toEqual({ files: shards.length, links: [] })
    expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
    const other = tempFolder()
    expect(await rebuildCatalog({ cache: other, shared })).toMatchObject({ shards: shards.length, rows: 32 })
    expect(entries(other, fingerprint)).toMatchObject({ files: 0 })
    expect(await extractCodes({ data, cache: other, model })).toMatchObject({ computed: 0, cached: 32 })
    const { points } = await sweepSamples({ data, cache: other, perClass: [2, 4], repeats: 2 })
    expect(points.length).toBe(2)
    expect(entries(other, fingerprint)).toMatchObject({ links: [] })
    // Without its server, a cache that has not fetched says what it wants.
    const third = tempFolder()
    await rebuildCatalog({ cache: third, shared })
    await extractCodes({ data, cache: third, model })
    s3.stop()
    const { message } = await userErrorOf(() => trainHead({ data, cache: third }))
    expect(message).toMatch(/^Expected to read s3:\/\/photos\/codes\/codes-v1\/[0-9a-f/]+\.arrow, but that is not possible: /)
  }, 120_000)
})
