import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adoptOrphans } from '../../src/cache/adopt-orphans.js'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { deleteShardFiles } from '../../src/cache/drop-shards.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { forgetLostShards } from '../../src/cache/forget-lost-shards.js'
import { writeGram } from '../../src/cache/gram-file.js'
import { indexShards } from '../../src/cache/index-shards.js'
import { joinRows } from '../../src/cache/join-rows.js'
import { moveRows } from '../../src/cache/move-rows.js'
import { cachePaths, shardPath } from '../../src/cache/paths.js'
import { publish } from '../../src/cache/publish.js'
import { shardRecord } from '../../src/cache/read-shard.js'
import { encodeShard } from '../../src/cache/shard-file.js'
import { shardStates } from '../../src/cache/shard-states.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { removeCodes } from '../../src/extract/remove-codes.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { folderState } from '../helpers/folder-state.js'
import { imageFolder, put } from '../helpers/image-folder.js'
import { shardBytes } from '../helpers/shard-bytes.js'
import { type SmallShard, shardFiles, smallShard, writeShards } from '../helpers/small-shards.js'
import { codesByPath, storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const fingerprint = fingerprintOf(identity)
const day = 24 * 3600 * 1000
const now = Date.parse('2026-01-02T03:04:05.678Z')
const vgg = { ...identity, backbone: { architecture: 'vgg16', version: '1', weights: 'ab' }, layer: 'block5_pool', size: 224 }

async function cacheOf(...shards: readonly SmallShard[]): Promise<string> {
  const cache = tempFolder()
  await writeShards(cache, shards)
  return cache
}

/** What a cache has of a kind: images among 0 to 19. */
function kept(cache: string, of = identity): number[] {
  const stored = storedCodes(cache, fingerprintOf(of))
  return Array.from({ length: 20 }, (_, i) => i).filter((i) => stored.has(hashOf(i)))
}

/** The rows that a catalog made from the shards alone has. */
function rebuiltRows(cache: string): number {
  const catalog = openCatalog(tempFolder())
  const { rows } = indexShards(catalog.database, cachePaths(cache).codes)
  catalog.close()
  return rows
}

describe('removeCodes', () => {
  it('wants to be told which codes', async () => {
    const cache = await cacheOf({ images: [1] })
    const error = await userErrorOf(() => removeCodes({ cache, missing: false, plan: true }))
    expect([error.message, error.exitCode]).toEqual([
      'Expected to be told which codes to remove, found nothing that says so. Give --model, --fingerprint or another option of codes, --older-than 30d, or --missing; with --plan nothing is changed.',
      2,
    ])
  })

  it.each([
    [{ model: 'vgg61' }, '--model vgg61'],
    [{ model: 'vgg16', layer: 'y' }, '--model vgg16 --layer y'],
    [{ size: 9, exif: false }, '--size 9 --no-exif'],
    [{ fingerprint: '0000' }, '--fingerprint 0000'],
  ])('names what there is where no codes are %o', async (filter, asked) => {
    const cache = await cacheOf({ images: [1] }, { images: [1], of: vgg })
    expect((await userErrorOf(() => removeCodes({ cache, ...filter }))).message).toBe(
      `Expected codes of ${asked} in ${cache}, found those of file abababababab, layer y, size 8, float32, squish; vgg16, layer block5_pool, size 224, float32, squish. Look at them with: npm run cache -- list`,
    )
  })

  it.each(['', 'abc', 'xyzw', 'ABCD'])('refuses "%s" as a fingerprint', async (prefix) => {
    const cache = await cacheOf({ images: [1] })
    expect((await userErrorOf(() => removeCodes({ cache, fingerprint: prefix }))).message).toBe(
      `Expected --fingerprint to be the first 4 to 64 hexadecimal digits of a fingerprint, got "${prefix}".`,
    )
  })

  it.each([
    ['a model', { model: 'vgg16' }],
    ['a fingerprint', { fingerprint: fingerprintOf(vgg).slice(0, 8) }],
    ['a layer', { layer: 'block5_pool' }],
    ['size and resize rule', { size: 224, resize: 'squish' }],
  ])('removes by %s, and no other kind', async (_name, filter) => {
    const cache = await cacheOf({ images: [1, 2] }, { images: [1], of: vgg }, { images: [2, 3], of: vgg })
    const before = folderState(cache)
    const plan = await removeCodes({ cache, ...filter, plan: true })
    expect(folderState(cache)).toEqual(before)
    expect(plan).toMatchObject({ plan: true, images: 3, shards: 2, rewritten: 0, interrupted: false, damaged: [], goneFolders: [] })
    const done = await removeCodes({ cache, ...filter })
    expect(done).toEqual({ ...plan, plan: false })
    expect(done.kinds).toEqual([expect.objectContaining({ fingerprint: fingerprintOf(vgg), model: 'vgg16', images: 3, shards: 2 })])
    expect([kept(cache), kept(cache, vgg), shardFiles(cache, vgg), rebuiltRows(cache)]).toEqual([[1, 2], [], [], 2])
  })

  it('removes what is older, by the day it entered', async () => {
    const cache = await cacheOf(
      { images: [1], created: now - 31 * day },
      { images: [2], created: now - 30 * day },
      { images: [3], created: now - 31 * day, of: vgg },
    )
    const older = { cache, olderThan: 30 * day, now }
    expect(await removeCodes({ ...older, plan: true })).toMatchObject({ images: 2, shards: 2 })
    expect(await removeCodes({ ...older, precision: 'float32', size: 8 })).toMatchObject({ images: 1, shards: 1 })
    expect([kept(cache), kept(cache, vgg)]).toEqual([[2], [3]])
    expect(await removeCodes({ ...older, model: 'vgg16' })).toMatchObject({ images: 1 })
    expect(await removeCodes({ ...older, size: 8 })).toMatchObject({ images: 0, shards: 0, bytes: 0, kinds: [] })
  })

  it('takes up what a crash left first, so that it does not bring codes back', async () => {
    const cache = await cacheOf({ images: [1] })
    const folder = cachePaths(cache).shards(fingerprint)
    await publish(folder, [await shardBytes(smallShard({ images: [2, 3] }))], '.arrow')
    writeFileSync(join(folder, `${'0'.repeat(64)}.arrow`), 'damaged')
    const damaged = [{ path: join(folder, `${'0'.repeat(64)}.arrow`), reason: 'its content is not what its name says' }]
    expect(await removeCodes({ cache, size: 8 })).toMatchObject({ images: 3, shards: 2, damaged })
    expect(readdirSync(folder)).toEqual([`${'0'.repeat(64)}.arrow`])
  })

  it('forgets Gram matrices, runs and quarantine of a kind that has no code left, and those of no other', async () => {
    const { cache, data, files } = await codedDataSet({ counts: { a: 3 }, shape: [1, 1, 4] })
    await writeShards(cache, [{ images: [1], of: vgg }])
    const catalog = openCatalog(cache)
    const [dataset = 0] = catalog.files.datasets().map(({ id }) => id)
    const record = { path: 'a/9.png', cause: 'empty', reason: 'The file is empty.', stamp: undefined }
    for (const kind of [identity, vgg]) {
      catalog.files.replaceQuarantine(dataset, fingerprintOf(kind), [record])
      await writeGram(cache, { fingerprint: fingerprintOf(kind), pool: 'none' }, { images: [hashOf(1)], gram: Float32Array.of(1) })
    }
    const { bytes } = await removeCodes({ cache, model: 'net.onnx' })
    expect(bytes).toBeGreaterThan(12 + 36 + 4) // the matrix's file is counted
    expect(readdirSync(cachePaths(cache).gram)).toEqual([expect.stringMatching(`^${fingerprintOf(vgg)}`)])
    const left = (of: typeof identity) => catalog.files.quarantined(dataset, fingerprintOf(of)).length
    expect([catalog.runs.fingerprints(dataset), left(identity), left(vgg), files.length]).toEqual([[], 0, 1, 3])
    catalog.close()
    expect((await userErrorOf(() => trainHead({ data, cache }))).message).toBe(
      `Expected codes for the images of ${data}, found none in ${cache}. Make them with: npm run codes -- --data ${data} --cache ${cache}`,
    )
  })

  it('stops where it is asked to, and what is done stays', async () => {
    const cache = await cacheOf({ images: [1] }, { images: [2] })
    expect(await removeCodes({ cache, size: 8, signal: AbortSignal.abort() })).toMatchObject({ images: 0, interrupted: true })
    expect(kept(cache)).toEqual([1, 2])
  })

  it.skipIf(process.getuid?.() === 0)('says so where nothing can be written (skipped for root)', async () => {
    const cache = await cacheOf({ images: [1] })
    const folder = cachePaths(cache).shards(fingerprint)
    chmodSync(folder, 0o500)
    expect((await userErrorOf(() => removeCodes({ cache, size: 8 }))).message).toMatch(/^Expected to write codes into .* EACCES/)
    chmodSync(folder, 0o700)
    expect(kept(cache)).toEqual([1])
  })

  it('does not disturb a writer and a reader at work', async () => {
    const cache = await cacheOf({ images: [1, 2] })
    const catalog = openCatalog(cache)
    const record = catalog.codes.find(fingerprint)
    if (!record) throw new Error('Expected a fingerprint')
    const has = catalog.codes.lookup(record.digest)
    const reader = new CodeReader(catalog, record)
    await removeCodes({ cache, size: 8 })
    expect([has(hashOf(1)), reader.stored([hashOf(1)])]).toEqual([false, []])
    await writeShards(cache, [{ images: [1] }])
    expect(catalog.codes.find(fingerprint)?.id).toBe(record.id)
    expect([has(hashOf(1)), reader.stored([hashOf(1)])]).toEqual([true, [hashOf(1)]])
    catalog.close()
  })
})

/** A coded folder of four images in one shard. */
async function coded() {
  const [data, cache] = [await imageFolder({ a: 2, b: 2 }), tempFolder()]
  const run = () => extractCodes({ data, cache, model, workers: 1 })
  const { fingerprint: digest } = await run()
  return { data, cache, run, digest, codes: () => codesByPath(cache, digest, data), missing: { cache, missing: true } }
}

describe('removeCodes of missing images', () => {
  it('refuses a catalog that knows no data set', async () => {
    const cache = await cacheOf({ images: [1] })
    expect((await userErrorOf(() => removeCodes({ cache, missing: true }))).message).toBe(
      `Expected a data set in the catalog of ${cache}, found none: every image would count as missing. Run codes once on each of your data folders: npm run codes -- --data DIR --cache ${cache}`,
    )
  })

  it('removes rows of deleted images from a shard, and codes computes exactly those again', async () => {
    const { data, cache, run, codes, digest, missing } = await coded()
    const before = codes()
    const stored = storedCodes(cache, digest)
    const picture = readFileSync(join(data, 'a/0.png'))
    rmSync(join(data, 'a/0.png'))
    const plan = await removeCodes({ ...missing, plan: true })
    expect(plan).toMatchObject({ images: 1, shards: 0, rewritten: 1, goneFolders: [] })
    const done = await removeCodes(missing)
    expect(done).toMatchObject({ images: 1, shards: 0, rewritten: 1 })
    expect(Math.abs(plan.bytes - done.bytes)).toBeLessThan(plan.bytes) // about so many
    expect(rebuiltRows(cache)).toBe(3)
    expect([...storedCodes(cache, digest)].every(([image, code]) => stored.get(image) === code)).toBe(true)
    expect(await removeCodes(missing)).toMatchObject({ images: 0, shards: 0, rewritten: 0 })
    put(data, 'a/0.png', picture)
    expect(await run()).toMatchObject({ computed: 1, cached: 3 })
    expect(codes()).toEqual(before)
  })

  it('knows renamed, changed and unread files by their content', async () => {
    const { data, missing } = await coded()
    renameSync(join(data, 'a/0.png'), join(data, 'b/other.png'))
    put(data, 'b/0.png', readFileSync(join(data, 'a/1.png'))) // its own content is gone
    rmSync(join(data, 'a/1.png'))
    expect(await removeCodes(missing)).toMatchObject({ images: 1, rewritten: 1 })
  })

  it('keeps the codes of folders that are gone, unless asked to remove those too', async () => {
    const { data, cache, missing, digest } = await coded()
    renameSync(data, `${data}.aside`)
    const gone = [{ data, files: 4, reason: expect.stringContaining(`Expected`) }]
    expect(await removeCodes(missing)).toMatchObject({ images: 0, goneFolders: gone })
    expect(await removeCodes({ ...missing, goneFolders: true })).toMatchObject({ images: 4, shards: 1, rewritten: 0, goneFolders: gone })
    expect(storedCodes(cache, digest).size).toBe(0)
    renameSync(`${data}.aside`, data)
  })

  it('keeps codes that come while it looks at the folders', async () => {
    const { cache, missing } = await coded()
    await writeShards(cache, [{ images: [1] }, { images: [2], created: Date.now() + day }])
    expect(await removeCodes(missing)).toMatchObject({ images: 1, shards: 1 })
    expect(kept(cache)).toEqual([2])
  })

  it('leaves a damaged shard as it is', async () => {
    const { data, cache, missing, digest } = await coded()
    const [file = ''] = readdirSync(cachePaths(cache).shards(digest))
    const path = join(cachePaths(cache).shards(digest), file)
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(path, bytes)
    rmSync(join(data, 'a/0.png'))
    expect(await removeCodes(missing)).toMatchObject({
      images: 0,
      rewritten: 0,
      damaged: [{ path, reason: 'its content is not what its name says' }],
    })
    expect(existsSync(path)).toBe(true)
  })
})

describe('removeCodes, stopped at any step', () => {
  /** What `codes` does with a kind's shards at first, and what is found then. */
  function restart(cache: string): number[] {
    const catalog = openCatalog(cache)
    forgetLostShards(catalog, fingerprint)
    expect(adoptOrphans(catalog, fingerprint).refused).toEqual([])
    catalog.close()
    return kept(cache)
  }

  it('brings no code back after the file of a whole shard went', async () => {
    const cache = await cacheOf({ images: [1, 2] }, { images: [3] })
    const shards = shardFiles(cache).map((file) => basename(file, '.arrow'))
    await deleteShardFiles(cache, { fingerprint, shards })
    expect(restart(cache)).toEqual([])
  })

  it('loses no code that is kept, and brings none back, while a shard is written anew', async () => {
    const cache = await cacheOf({ images: [1, 2, 3] })
    const codes = storedCodes(cache, fingerprint)
    const catalog = openCatalog(cache)
    const [old] = shardStates(catalog.database, 1)
    const record = catalog.codes.find(fingerprint)
    if (!old || !record) throw new Error('Expected a shard')
    const path = shardPath(cache, { fingerprint, shard: old.digest })
    const { content } = joinRows([{ path, rows: [0, 2] }], () => undefined)
    if (!content) throw new Error('Expected rows')
    const publishNew = async () => {
      const { pieces, ...encoded } = await encodeShard(content)
      return shardRecord({ ...content, ...encoded }, await publish(cachePaths(cache).shards(fingerprint), pieces, '.arrow'))
    }
    await publishNew() // stopped here the new shard is redundant
    expect([restart(cache), shardFiles(cache)]).toEqual([[1, 2, 3], [basename(path)]])
    expect(moveRows(catalog, { fingerprint: record, record: await publishNew(), from: [old.id] })).toBe(true)
    expect([restart(cache), shardFiles(cache).length]).toEqual([[1, 2, 3], 2]) // stopped here nothing is removed yet
    rmSync(path)
    expect([restart(cache), rebuiltRows(cache)]).toEqual([[1, 3], 2]) // and here it is done, but for the catalog
    catalog.close()
    for (const [image, code] of storedCodes(cache, fingerprint)) expect(codes.get(image)).toBe(code)
  })
})
