import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Catalog, copyCatalog, openCatalog, openExistingCatalog } from '../../src/cache/catalog.js'
import type { Dtype } from '../../src/cache/dtype.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { cachePaths } from '../../src/cache/paths.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { folderState } from '../helpers/folder-state.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const row = (text: string, view = 0) => ({ image: Buffer.from(hashOf(text), 'hex'), view, crc: 7 })

/** A cache folder with a file where its catalog should be. */
function withCatalogFile(content: Uint8Array | string): { cache: string; path: string } {
  const cache = tempFolder()
  const { codes, catalog: path } = cachePaths(cache)
  mkdirSync(codes)
  writeFileSync(path, content)
  return { cache, path }
}

describe.each([
  ['openCatalog', openCatalog],
  ['copyCatalog', copyCatalog],
])('%s refuses', (_, open) => {
  it('a file that is no database, and leaves it alone', async () => {
    const { cache, path } = withCatalogFile('this is no database, only text of some length'.repeat(100))
    const before = readFileSync(path)
    expect((await userErrorOf(() => open(cache))).message).toBe(
      `Expected to use the catalog at ${path}, but that failed: file is not a database. Make it again from the shards with: npm run cache -- rebuild --cache ${cache}`,
    )
    expect(readFileSync(path)).toEqual(before)
  })

  it('a catalog of a newer version, and leaves it alone', async () => {
    const cache = tempFolder()
    openCatalog(cache).close()
    const path = cachePaths(cache).catalog
    const database = new Database(path)
    database.pragma('user_version = 99')
    database.close()
    const before = readFileSync(path)
    expect((await userErrorOf(() => open(cache))).message).toBe(
      `Expected a catalog of version 2 or older, found version 99 at ${path}. Update cnn-codes; nothing was changed.`,
    )
    expect(readFileSync(path)).toEqual(before)
  })
})

describe('openCatalog refuses', () => {
  it('a folder below a file', async () => {
    const file = join(tempFolder(), 'file')
    writeFileSync(file, '')
    const codes = join(file, 'cache', 'codes-v1')
    expect((await userErrorOf(() => openCatalog(join(file, 'cache')))).message).toBe(
      `Expected to write into ${codes}, but that is not possible: ENOTDIR: not a directory, mkdir '${join(file, 'cache')}'. Choose another folder with --cache, or change its permissions.`,
    )
  })
})

describe('openExistingCatalog and copyCatalog', () => {
  it.each([openExistingCatalog, copyCatalog])('make nothing where there is nothing', (open) => {
    const cache = join(tempFolder(), 'cache')
    expect(open(cache)).toBeUndefined()
    expect(existsSync(cache)).toBe(false)
  })

  it('copyCatalog leaves the folder untouched, whatever is done to the copy', () => {
    const cache = tempFolder()
    const catalog = openCatalog(cache)
    catalog.files.addDataset('/data')
    catalog.close()
    const before = folderState(cache)
    const copy = copyCatalog(cache)
    expect(copy?.files.findDataset('/data')).toBe(1)
    copy?.files.addDataset('/other')
    copy?.close()
    expect(folderState(cache)).toEqual(before)
  })

  it('copyCatalog takes a catalog for empty that was killed when it was made', () => {
    const { cache, path } = withCatalogFile('')
    const copy = copyCatalog(cache)
    expect(copy?.codes.all()).toEqual([])
    copy?.close()
    expect(readFileSync(path)).toHaveLength(0)
  })

  it('copyCatalog sees what is still in the write-ahead log', () => {
    const cache = tempFolder()
    const catalog = openCatalog(cache)
    catalog.files.addDataset('/data')
    const copy = copyCatalog(cache)
    expect(copy?.files.findDataset('/data')).toBe(1)
    copy?.close()
    catalog.close()
  })
})

describe('the table of codes', () => {
  let catalog: Catalog
  let id: number
  beforeEach(() => {
    catalog = openCatalog(tempFolder())
    id = catalog.codes.add(identity, [2, 2]).id
    return () => catalog.close()
  })
  const commit = (digest: string, dtype: Dtype, ...rows: readonly ReturnType<typeof row>[]) =>
    catalog.codes.commit(id, { digest, dtype, bytes: 100, codesAt: 40, rows })

  it('knows a fingerprint once, with its shape', () => {
    expect(catalog.codes.find('unknown')).toBeUndefined()
    expect(catalog.codes.add(identity, [2, 2]).id).toBe(id)
    expect(catalog.codes.find(fingerprintOf(identity))).toMatchObject({ id, digest: fingerprintOf(identity), shape: [2, 2] })
  })

  it('keeps the first of two rows for the same image, view and dtype', () => {
    commit('s1', 'float16', row('cat'), row('dog'))
    commit('s2', 'float16', row('dog'), row('cow'), row('cow', 1))
    expect(catalog.codes.places(id)).toEqual([
      { image: hashOf('cat'), dtype: 'float16', shard: { id: 1, digest: 's1', codesAt: 40 }, row: 0, crc: 7 },
      { image: hashOf('dog'), dtype: 'float16', shard: { id: 1, digest: 's1', codesAt: 40 }, row: 1, crc: 7 },
      { image: hashOf('cow'), dtype: 'float16', shard: { id: 2, digest: 's2', codesAt: 40 }, row: 1, crc: 7 },
    ])
  })

  it('takes a shard once', () => {
    commit('s1', 'float16', row('cat'))
    commit('s1', 'float16', row('dog'))
    expect([...catalog.codes.images(id)]).toEqual([hashOf('cat')])
  })

  it('prefers float32, and tells the images of a dtype', () => {
    commit('s1', 'float16', row('cat'), row('dog'))
    commit('s2', 'float32', row('dog'))
    commit('s3', 'float16', row('cow'))
    expect(catalog.codes.places(id).map(({ image, dtype, shard }) => [image, dtype, shard.digest])).toEqual([
      [hashOf('cat'), 'float16', 's1'],
      [hashOf('dog'), 'float32', 's2'],
      [hashOf('cow'), 'float16', 's3'],
    ])
    expect(catalog.codes.images(id).size).toBe(3)
    expect([...catalog.codes.images(id, 'float32')]).toEqual([hashOf('dog')])
  })

  it('enters nothing of a shard when one row fails', () => {
    const broken = { image: Buffer.alloc(0), view: 0.5, crc: 7 }
    expect(() => commit('s1', 'float16', row('cat'), broken)).toThrow()
    expect(catalog.codes.images(id).size).toBe(0)
    expect(catalog.codes.shards(id).size).toBe(0)
  })

  it('forgets shards with their rows', () => {
    commit('s1', 'float16', row('cat'), row('dog'))
    commit('s2', 'float32', row('dog'))
    catalog.codes.forget(['s1', 'never known'])
    expect([...catalog.codes.shards(id)]).toEqual(['s2'])
    expect([...catalog.codes.images(id)]).toEqual([hashOf('dog')])
    commit('s1', 'float16', row('cat'))
    expect(catalog.codes.images(id).size).toBe(2)
  })
})

describe('the table of files', () => {
  let catalog: Catalog
  beforeEach(() => {
    catalog = openCatalog(tempFolder())
    return () => catalog.close()
  })
  const file = (path: string, text: string) => ({
    path,
    label: 'a',
    part: undefined,
    stamp: `stamp of ${text}`,
    hashed: 5,
    image: hashOf(text),
  })
  const unread = { path: 'b/9.jpg', label: 'b', part: 'test', stamp: undefined, hashed: undefined, image: undefined } as const

  it('forgets files of one data set, and enters what is newly known of others', () => {
    const dataset = catalog.files.addDataset('/data')
    const other = catalog.files.addDataset('/other')
    catalog.files.keepFiles(other, [file('a/1.jpg', 'kept')])
    const first = [file('a/1.jpg', 'cat'), file('a/2.jpg', 'dog'), unread]
    catalog.files.keepFiles(dataset, first)
    expect(catalog.files.files(dataset)).toEqual(first)
    const changed = [file('a/3.jpg', 'cow'), { ...unread, part: undefined }]
    catalog.files.updateFiles(dataset, { vanished: ['a/1.jpg'], files: changed })
    expect(catalog.files.files(dataset)).toEqual([file('a/2.jpg', 'dog'), ...changed])
    expect(catalog.files.files(other)).toEqual([file('a/1.jpg', 'kept')])
  })

  it('knows a data set by its folder', () => {
    expect(catalog.files.findDataset('/data')).toBeUndefined()
    expect(catalog.files.addDataset('/data')).toBe(catalog.files.addDataset('/data'))
  })

  it('holds the quarantine of each fingerprint apart', () => {
    const dataset = catalog.files.addDataset('/data')
    const bad = (path: string) => ({ path, cause: 'format', reason: 'Found text.', stamp: undefined })
    catalog.files.replaceQuarantine(dataset, 'f1', [bad('b'), bad('a')])
    catalog.files.replaceQuarantine(dataset, 'f2', [{ ...bad('c'), stamp: 'stamp' }])
    expect(catalog.files.quarantined(dataset, 'f1')).toEqual([bad('a'), bad('b')])
    catalog.files.replaceQuarantine(dataset, 'f1', [])
    expect(catalog.files.quarantined(dataset, 'f1')).toEqual([])
    expect(catalog.files.quarantined(dataset, 'f2')).toEqual([{ ...bad('c'), stamp: 'stamp' }])
  })
})

describe('the table of runs', () => {
  it('tells the last completed run, of a model where one is named', () => {
    const catalog = openCatalog(tempFolder())
    const [first, second] = [identity, { ...identity, layer: 'z' }].map((each) => catalog.codes.add(each, [4]))
    const dataset = catalog.files.addDataset('/data')
    expect(catalog.runs.last(dataset)).toBeUndefined()
    const add = (fingerprint: number, model: string) =>
      catalog.runs.add({ dataset, fingerprint, model, started: 1, finished: 2, details: { images: 3 } })
    add(first?.id ?? 0, 'lite')
    add(second?.id ?? 0, 'net.onnx')
    const usual = { decoder: 'exact', exif: true, alpha: 'white', truncated: 'reject', augment: 'none', view: 0 } // what the JSON lacks
    const kind = { size: 8, precision: 'float32', resize: 'squish', ...usual }
    expect(catalog.runs.last(dataset)).toEqual({ fingerprint: second?.digest, model: 'net.onnx', layer: 'z', ...kind })
    expect(catalog.runs.last(dataset, { model: 'lite' })).toEqual({ fingerprint: first?.digest, model: 'lite', layer: 'y', ...kind })
    expect(catalog.runs.last(dataset, { model: 'other' })).toBeUndefined()
    add(first?.id ?? 0, 'lite')
    expect(catalog.runs.last(dataset)?.model).toBe('lite')
    expect(catalog.runs.last(catalog.files.addDataset('/other'))).toBeUndefined()
    expect(catalog.runs.kinds(dataset)).toEqual([
      { model: 'lite', layer: 'y', ...kind },
      { model: 'net.onnx', layer: 'z', ...kind },
    ])
    expect(catalog.runs.kinds(dataset, { layer: 'z', size: 8, precision: 'float32' })).toHaveLength(1)
    expect(catalog.runs.kinds(dataset, { resize: 'squish' })).toHaveLength(2)
    expect(catalog.runs.fingerprints(dataset)).toEqual([
      { fingerprint: second?.digest, model: 'net.onnx', layer: 'z', ...kind },
      { fingerprint: first?.digest, model: 'lite', layer: 'y', ...kind },
    ])
    expect(catalog.runs.kinds(dataset, usual)).toHaveLength(2)
    const others = [{ size: 9 }, { resize: 'pad' }, { decoder: 'fast' }, { exif: false }, { alpha: 'drop' }, { truncated: 'accept' }]
    for (const other of others) expect(catalog.runs.kinds(dataset, other)).toEqual([])
    catalog.close()
  })
})
