import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adoptOrphans } from '../../src/cache/adopt-orphans.js'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { compactCache } from '../../src/cache/compact-cache.js'
import { dropShards } from '../../src/cache/drop-shards.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { forgetLostShards } from '../../src/cache/forget-lost-shards.js'
import { joinRows } from '../../src/cache/join-rows.js'
import { moveRows } from '../../src/cache/move-rows.js'
import { cachePaths, shardPath } from '../../src/cache/paths.js'
import { publish } from '../../src/cache/publish.js'
import { readShard, shardRecord } from '../../src/cache/read-shard.js'
import { encodeShard } from '../../src/cache/shard-file.js'
import { shardStates } from '../../src/cache/shard-states.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { type SmallShard, shardFiles, writeShards } from '../helpers/small-shards.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const fingerprint = fingerprintOf(identity)
const day = 24 * 3600 * 1000
/** The beginning of a week as shards are joined by. */
const monday = 7 * day * 2800
const other = { ...identity, layer: 'other' }

async function cacheOf(...shards: readonly SmallShard[]): Promise<string> {
  const cache = tempFolder()
  await writeShards(cache, shards)
  return cache
}

/** What shards a cache has: their images' names, found among 0 to 19. */
function contents(cache: string, of = identity): string[][] {
  const names = new Map(Array.from({ length: 20 }, (_, i) => [hashOf(i), String(i)]))
  return shardFiles(cache, of)
    .map((file) => readShard(join(cachePaths(cache).shards(fingerprintOf(of)), file)))
    .map(({ record }) => record.rows.map(({ image }) => names.get(Buffer.from(image).toString('hex')) ?? '?'))
    .sort()
}

const created = (cache: string) => {
  const catalog = openCatalog(cache)
  const states = shardStates(catalog.database, catalog.codes.find(fingerprint)?.id ?? 0)
  catalog.close()
  return states.map((state) => state.created)
}

describe('compactCache', () => {
  it('refuses a folder without a catalog, saying what to do', async () => {
    const cache = tempFolder()
    const make = `Name the cache folder with --cache, or make codes with: npm run codes -- --data DIR --cache`
    expect((await userErrorOf(() => compactCache({ cache }))).message).toBe(
      `Expected codes in ${cache}, found an empty folder. ${make} ${cache}`,
    )
    const gone = join(cache, 'gone')
    expect((await userErrorOf(() => compactCache({ cache: gone }))).message).toBe(
      `Expected codes in ${gone}, found no such folder. ${make} ${gone}`,
    )
    const lost = await cacheOf({ images: [1] })
    rmSync(cachePaths(lost).catalog)
    expect((await userErrorOf(() => compactCache({ cache: lost }))).message).toBe(
      `Expected a catalog at ${cachePaths(lost).catalog}, found shards without one. Make it again with: npm run cache -- rebuild --cache ${lost}`,
    )
  })

  it('joins small shards; codes keep their bytes, and a second time there is nothing to do', async () => {
    const cache = await cacheOf({ images: [1, 2] }, { images: [3] }, { images: [4, 5] })
    const before = storedCodes(cache, fingerprint)
    const seen: [number, number][] = []
    const result = await compactCache({ cache, onProgress: (done, all) => seen.push([done, all]) })
    expect(result).toMatchObject({ shards: { before: 3, after: 1 }, rows: 5, damaged: [], interrupted: false })
    expect(result.bytes.after).toBe(statSync(join(cachePaths(cache).shards(fingerprint), shardFiles(cache)[0] ?? '')).size)
    expect(result.bytes.before).toBeGreaterThan(result.bytes.after)
    expect(seen).toEqual([[1, 1]])
    expect(contents(cache)).toEqual([['1', '2', '3', '4', '5']])
    expect(storedCodes(cache, fingerprint)).toEqual(before)
    const again = await compactCache({ cache })
    expect(again).toMatchObject({
      shards: { before: 1, after: 1 },
      rows: 0,
      bytes: { before: result.bytes.after, after: result.bytes.after },
    })
  })

  it('joins only what was made alike, as one dtype, of one kind, in one week', async () => {
    const made = { engine: 'onnx', cpu: 'here' }
    const cache = await cacheOf(
      { images: [1], made, created: monday },
      { images: [2], made, created: monday + 6 * day },
      { images: [3], made, created: monday + 7 * day },
      { images: [4], made: { ...made, cpu: 'there' }, created: monday },
      { images: [5], created: monday },
      { images: [6], made, dtype: 'float32', created: monday },
      { images: [1], made, of: other, created: monday },
    )
    expect(await compactCache({ cache })).toMatchObject({ shards: { before: 7, after: 6 }, rows: 2 })
    expect(contents(cache)).toEqual([['1', '2'], ['3'], ['4'], ['5'], ['6']])
    expect(contents(cache, other)).toEqual([['1']])
    expect(created(cache)).toEqual([monday + 7 * day, monday, monday, monday, monday + 6 * day])
  })

  it('fills shards up to their size and leaves those alone that are more than half full', async () => {
    const cache = await cacheOf({ images: [1, 2, 3] }, { images: [4, 5] }, { images: [6] }, { images: [7, 8] }, { images: [9] })
    expect(await compactCache({ cache, shardBytes: 5 * 8 })).toMatchObject({ shards: { before: 5, after: 3 }, rows: 5 })
    expect(contents(cache)).toEqual([['1', '2', '3'], ['4', '5', '6', '7', '8'], ['9']])
  })

  it('drops float16 codes that are kept as float32 too, and what other shards hold', async () => {
    const cache = await cacheOf(
      { images: [1, 2] },
      { images: [2, 3, 4, 5] }, // its 2 is of no use
      { images: [3, 4, 6], dtype: 'float32' },
      { images: [7], dtype: 'float32' },
    )
    const before = storedCodes(cache, fingerprint)
    expect(await compactCache({ cache, shardBytes: 3 * 8 })).toMatchObject({ shards: { before: 4, after: 4 }, rows: 1 })
    expect(contents(cache)).toEqual([['1', '2'], ['3', '4', '6'], ['5'], ['7']])
    expect(storedCodes(cache, fingerprint)).toEqual(before)
  })

  it('drops shards of which nothing is of use', async () => {
    const cache = await cacheOf({ images: [1, 2] }, { images: [1, 2], dtype: 'float32' })
    expect(await compactCache({ cache })).toMatchObject({ shards: { before: 2, after: 1 }, rows: 0 })
    expect([...storedCodes(cache, fingerprint).values()].map((code) => code.slice(0, 7))).toEqual(['float32', 'float32'])
    const catalog = openCatalog(cache)
    expect(catalog.database.prepare('SELECT count(*) FROM code').pluck().get()).toBe(2)
    catalog.close()
  })

  it('keeps what a lost shard had shared with others', async () => {
    const cache = await cacheOf({ images: [1, 2] }, { images: [2, 3, 4] }, { images: [3, 4], dtype: 'float32' })
    const before = storedCodes(cache, fingerprint)
    const catalog = openCatalog(cache)
    const [first] = shardStates(catalog.database, catalog.codes.find(fingerprint)?.id ?? 0)
    catalog.close()
    rmSync(shardPath(cache, { fingerprint, shard: first?.digest ?? '' }))
    await compactCache({ cache })
    expect(contents(cache)).toEqual([['2'], ['3', '4']])
    before.delete(hashOf(1))
    expect(storedCodes(cache, fingerprint)).toEqual(before)
  })

  it('leaves damaged shards where they are and tells of them', async () => {
    const cache = await cacheOf({ images: [1] }, { images: [2] }, { images: [3] }, { images: [4] })
    const [first = '', second = ''] = shardFiles(cache).map((file) => join(cachePaths(cache).shards(fingerprint), file))
    const bytes = readFileSync(first)
    const content = (path: string) => readShard(path).record.rows.map(({ image }) => Buffer.from(image).toString('hex'))
    const [damagedImage] = content(first)
    truncateSync(second, 40) // of another size: forgotten, as `codes` does; what is left of it is no shard
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(first, bytes)
    const result = await compactCache({ cache })
    expect(result).toMatchObject({ shards: { before: 3, after: 2 }, rows: 2 })
    expect(result.damaged).toEqual([
      { path: second, reason: 'its content is not what its name says' },
      { path: first, reason: 'its content is not what its name says' },
    ])
    const catalog = openCatalog(cache)
    const record = catalog.codes.find(fingerprint)
    expect(catalog.codes.images(record?.id ?? 0).has(damagedImage ?? '')).toBe(true)
    catalog.close()
  })

  it('stops between two shards where it is asked to', async () => {
    const cache = await cacheOf({ images: [1] }, { images: [2] }, { images: [3] }, { images: [4] })
    const abort = new AbortController()
    const result = await compactCache({ cache, shardBytes: 16, signal: abort.signal, onProgress: () => abort.abort() })
    expect(result).toMatchObject({ shards: { before: 4, after: 3 }, rows: 2, interrupted: true })
    expect(contents(cache).flat().sort()).toEqual(['1', '2', '3', '4'])
  })
})

/** A cache, its compacted copy, and the catalog that is opened over what a crash left. */
async function crash(...shards: readonly SmallShard[]) {
  const before = await cacheOf(...shards)
  const after = tempFolder()
  cpSync(before, after, { recursive: true })
  await compactCache({ cache: after })
  const folder = (cache: string) => cachePaths(cache).shards(fingerprint)
  return { before, after, folder, codes: storedCodes(before, fingerprint), whole: shardFiles(after) }
}

/** What `codes` does with a kind's shards at first. */
function restart(cache: string) {
  const catalog = openCatalog(cache)
  const lost = forgetLostShards(catalog, fingerprint)
  const found = adoptOrphans(catalog, fingerprint)
  catalog.close()
  return { lost: lost.length, ...found }
}

describe('compactCache, stopped at any step', () => {
  it('loses nothing after the new shard was published', async () => {
    const { before, after, folder, codes, whole } = await crash({ images: [1, 2] }, { images: [3] })
    const files = shardFiles(before)
    cpSync(folder(after), folder(before), { recursive: true })
    expect(restart(before)).toEqual({ lost: 0, adopted: 0, redundant: 1, refused: [] })
    expect([shardFiles(before), storedCodes(before, fingerprint)]).toEqual([files, codes])
    expect(await compactCache({ cache: before })).toMatchObject({ shards: { before: 2, after: 1 }, rows: 3 })
    expect(shardFiles(before)).toEqual(whole)
  })

  it('loses nothing after the rows were moved', async () => {
    const { before, after, folder, codes, whole } = await crash({ images: [1, 2] }, { images: [3] })
    cpSync(folder(before), folder(after), { recursive: true })
    expect(restart(after)).toEqual({ lost: 0, adopted: 0, redundant: 2, refused: [] })
    expect([shardFiles(after), storedCodes(after, fingerprint)]).toEqual([whole, codes])
  })

  it('loses nothing where codes that are of no use were still to go, with or without their file', async () => {
    const shards: SmallShard[] = [{ images: [1, 2] }, { images: [2, 3], dtype: 'float32' }]
    const { before, after, folder, codes, whole } = await crash(...shards, { images: [4] })
    const parts = shardFiles(before).map((file) => readShard(join(folder(before), file)).record)
    const old = parts.find(({ dtype, rows }) => dtype === 'float16' && rows.length === 2)
    if (!old) throw new Error('Expected the shard of 1 and 2')
    // The old shard of 1 and 2 as it is while its file goes: only the 2 that nobody reads is in it.
    const catalog = openCatalog(after)
    const record = catalog.codes.find(fingerprint)
    catalog.codes.commit(record?.id ?? 0, old)
    catalog.close()
    expect(restart(after).lost).toBe(1)
    expect(storedCodes(after, fingerprint)).toEqual(codes)
    cpSync(folder(before), folder(after), { recursive: true })
    await compactCache({ cache: after })
    expect([shardFiles(after), storedCodes(after, fingerprint)]).toEqual([whole, codes])
  })
})

describe('compactCache among others', () => {
  it('is done once where two do it at once', async () => {
    const images = Array.from({ length: 12 }, (_, image) => ({ images: [image] }))
    const cache = await cacheOf(...images)
    const before = storedCodes(cache, fingerprint)
    const both = await Promise.all([compactCache({ cache, shardBytes: 24 }), compactCache({ cache, shardBytes: 24 })])
    expect(both.reduce((sum, { rows }) => sum + rows, 0)).toBe(12)
    expect(storedCodes(cache, fingerprint)).toEqual(before)
    expect(contents(cache).map((shard) => shard.length)).toEqual([3, 3, 3, 3])
    expect(restart(cache)).toEqual({ lost: 0, adopted: 0, redundant: 0, refused: [] })
  })

  it('is not noticed by a reader that has looked up its places before', async () => {
    const cache = await cacheOf({ images: [1] }, { images: [2] })
    const catalog = openCatalog(cache)
    const record = catalog.codes.find(fingerprint)
    if (!record) throw new Error('Expected a fingerprint')
    const reader = new CodeReader(catalog, record)
    const stored = reader.stored([1, 2].map(hashOf))
    const codes = reader.read(stored)
    await compactCache({ cache })
    expect(reader.read(stored)).toEqual(codes)
    catalog.close()
  })

  it('moves nothing into a file that another process deleted as redundant', async () => {
    const cache = await cacheOf({ images: [1] }, { images: [2] })
    const codes = storedCodes(cache, fingerprint)
    const at = openCatalog(cache)
    const [first, second] = shardStates(at.database, 1)
    if (!first || !second) throw new Error('Expected two shards')
    const record = at.codes.find(fingerprint)
    if (!record) throw new Error('Expected a fingerprint')
    const { record: shard } = readShard(join(cachePaths(cache).shards(fingerprint), `${first.digest}.arrow`))
    const gone = { ...shard, digest: 'ab'.repeat(32) }
    expect(moveRows(at, { fingerprint: record, record: gone, from: [first.id] })).toBe(false)
    expect(moveRows(at, { fingerprint: record, record: shard, from: [second.id] })).toBe(false) // known: its file stays
    at.close()
    expect(storedCodes(cache, fingerprint)).toEqual(codes)
  })

  it('does not bring back codes that another process removed meanwhile', async () => {
    const cache = await cacheOf({ images: [1] }, { images: [2] })
    const catalog = openCatalog(cache)
    const record = catalog.codes.find(fingerprint)
    const from = shardStates(catalog.database, 1)
    if (!record) throw new Error('Expected a fingerprint')
    const paths = from.map(({ digest }) => shardPath(cache, { fingerprint, shard: digest }))
    const wanted = paths.map((path) => ({ path, rows: [0] }))
    const { content } = joinRows(wanted, () => undefined)
    if (!content) throw new Error('Expected rows')
    const { pieces, ...encoded } = await encodeShard(content)
    const file = await publish(cachePaths(cache).shards(fingerprint), pieces, '.arrow')
    await dropShards(catalog, { fingerprint, shards: [from[1]?.digest ?? ''] })
    const joined = shardRecord({ ...content, ...encoded }, file)
    expect(moveRows(catalog, { fingerprint: record, record: joined, from: from.map(({ id }) => id) })).toBe(false)
    catalog.close()
    expect([restart(cache), contents(cache)]).toEqual([{ lost: 0, adopted: 0, redundant: 0, refused: [] }, [['1']]])
  })
})
