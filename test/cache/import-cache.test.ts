import { createHash } from 'node:crypto'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import type { FileRecord } from '../../src/cache/file-table.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { importCache } from '../../src/cache/import-cache.js'
import { migrations } from '../../src/cache/migrations.js'
import { cachePaths } from '../../src/cache/paths.js'
import { shardStates } from '../../src/cache/shard-states.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { folderState } from '../helpers/folder-state.js'
import { imageFolder, put } from '../helpers/image-folder.js'
import { type SmallShard, shardFiles, writeShards } from '../helpers/small-shards.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { codesByPath, storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const fingerprint = fingerprintOf(identity)
const other = { ...identity, layer: 'other' }

async function cacheOf(...shards: readonly SmallShard[]): Promise<string> {
  const cache = tempFolder()
  await writeShards(cache, shards)
  return cache
}

/** Does something with the tables of a cache. */
function withCatalog<T>(cache: string, use: (catalog: ReturnType<typeof openCatalog>) => T): T {
  const catalog = openCatalog(cache)
  try {
    return use(catalog)
  } finally {
    catalog.close()
  }
}

const file = (path: string, rest: Partial<FileRecord> = {}): FileRecord => ({
  path,
  label: 'a',
  part: undefined,
  stamp: `stamp of ${path}`,
  hashed: 10,
  image: hashOf(path),
  ...rest,
})

/** A data set of a cache, with a run that ended at a time. */
function addDataSet(cache: string, files: readonly FileRecord[], { root = '/data', finished = 1, name = 'net.onnx' } = {}): void {
  withCatalog(cache, ({ files: table, runs }) => {
    const dataset = table.addDataset(root)
    table.keepFiles(dataset, files)
    runs.add({ dataset, fingerprint: 1, model: name, started: 0, finished, details: { seconds: 1 } })
  })
}

const filesOf = (cache: string, root = '/data') => withCatalog(cache, ({ files }) => files.files(files.findDataset(root) ?? 0))

describe('importCache', () => {
  it('refuses what is no cache, the very same folder, and one inside the other', async () => {
    const cache = await cacheOf({ images: [1] })
    const empty = tempFolder()
    const no = (source: string, found: string) =>
      `Expected a cache folder, one with codes-v1 in it, at ${source}, found ${found}. Check the path.`
    expect((await userErrorOf(() => importCache({ source: empty, cache }))).message).toBe(no(empty, 'something else'))
    expect((await userErrorOf(() => importCache({ source: join(empty, 'x'), cache }))).message).toBe(no(join(empty, 'x'), 'nothing'))
    const link = join(tempFolder(), 'link')
    symlinkSync(cache, link)
    expect((await userErrorOf(() => importCache({ source: link, cache }))).message).toBe(
      `Expected to import another cache into ${cache}, found that ${link} is the very same folder. Name another one.`,
    )
    const inner = join(cache, 'inner')
    cpSync(await cacheOf({ images: [2] }), inner, { recursive: true })
    for (const [source, into] of [
      [inner, cache],
      [cache, inner],
      [cache, join(cache, 'new')],
    ] as const) {
      expect((await userErrorOf(() => importCache({ source, cache: into }))).message).toBe(
        `Expected to import a cache beside ${into}, found that one of it and ${source} lies inside the other. Move one of them.`,
      )
    }
    expect(existsSync(join(cache, 'new'))).toBe(false)
  })

  it('takes whole shards as they are, new rows of others, and nothing that is known; the source stays as it is', async () => {
    const made = { engine: 'onnx' }
    const source = await cacheOf(
      { images: [1, 2], created: 1000 },
      { images: [3, 4, 5], made, created: 2000 },
      { images: [6], dtype: 'float32', created: 3000 },
      { images: [1], of: other },
    )
    const cache = await cacheOf({ images: [1, 2] }, { images: [4, 6] })
    const before = folderState(source)
    expect(await importCache({ source, cache })).toEqual({
      shards: 3,
      rows: 4,
      known: 3,
      damaged: [],
      graphs: 0,
      otherCalibrations: 0,
      damagedRows: 0,
      interrupted: false,
    })
    expect(folderState(source)).toEqual(before)
    const theirs = storedCodes(source, fingerprint)
    const here = storedCodes(cache, fingerprint)
    expect([...here.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6].map(hashOf).sort())
    for (const image of [3, 5, 6].map(hashOf)) expect(here.get(image)).toBe(theirs.get(image))
    expect(shardFiles(cache, other)).toEqual(shardFiles(source, other))
    const created = withCatalog(cache, ({ database }) => shardStates(database, 1).map((shard) => shard.created))
    expect(created.slice(2).sort()).toEqual([2000, 3000]) // as old as they are there
    const again = folderState(cachePaths(cache).shards(fingerprint))
    expect(await importCache({ source, cache })).toMatchObject({ shards: 0, rows: 0, known: 7 })
    expect(folderState(cachePaths(cache).shards(fingerprint))).toEqual(again)
  })

  it('takes codes of a source without a catalog, and of one in a new folder', async () => {
    const source = await cacheOf({ images: [1, 2] })
    rmSync(cachePaths(source).catalog)
    const before = folderState(source)
    const cache = join(tempFolder(), 'new')
    expect(await importCache({ source, cache })).toMatchObject({ shards: 1, rows: 2, known: 0 })
    expect([folderState(source), storedCodes(cache, fingerprint).size]).toEqual([before, 2])
  })

  it('takes codes and files of a source whose catalog is of the first version, which stays so', async () => {
    const source = await cacheOf({ images: [1, 2] })
    const path = cachePaths(source).catalog
    rmSync(path)
    const database = new Database(path)
    database.exec(migrations[0]?.sql ?? '')
    database.exec(`INSERT INTO dataset VALUES (1, '/data'); INSERT INTO file VALUES (1, 'a/1.png', 'a', NULL, 's', 1, x'${hashOf(1)}')`)
    database.pragma('user_version = 1')
    database.close()
    const before = folderState(source)
    const cache = tempFolder()
    expect(await importCache({ source, cache })).toMatchObject({ shards: 1, rows: 2, known: 0, damagedRows: 0 })
    expect(folderState(source)).toEqual(before)
    expect(filesOf(cache)).toEqual([file('a/1.png', { stamp: 's', hashed: 1, image: hashOf(1) })])
  })

  it.skipIf(process.getuid?.() === 0)('takes codes of a source that cannot be written (skipped for root)', async () => {
    const source = await cacheOf({ images: [1] })
    const folders = [cachePaths(source).shards(fingerprint), cachePaths(source).codes, source]
    for (const folder of folders) chmodSync(folder, 0o500)
    expect(await importCache({ source, cache: tempFolder() })).toMatchObject({ shards: 1, rows: 1 })
    for (const folder of folders) chmodSync(folder, 0o700)
  })

  it('tells of damaged shards and leaves them; what else there is is taken', async () => {
    const source = await cacheOf({ images: [1, 2] }, { images: [3] })
    const path = join(cachePaths(source).shards(fingerprint), shardFiles(source)[0] ?? '')
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(path, bytes)
    const cache = tempFolder()
    const result = await importCache({ source, cache })
    expect(result).toMatchObject({ shards: 1, damaged: [{ path, reason: 'its content is not what its name says' }] })
    expect(storedCodes(cache, fingerprint).size).toBe(result.rows)
    expect(readFileSync(path)).toEqual(bytes)
  })

  it('keeps what it has taken where it is stopped, and goes on from there', async () => {
    const source = await cacheOf({ images: [1] }, { images: [2] })
    addDataSet(source, [file('a/1.png')])
    const cache = tempFolder()
    const abort = new AbortController()
    const result = await importCache({ source, cache, signal: abort.signal, onProgress: () => abort.abort() })
    expect(result).toMatchObject({ shards: 1, rows: 1, interrupted: true })
    expect([storedCodes(cache, fingerprint).size, filesOf(cache)]).toEqual([1, []])
    const seen: [number, number][] = []
    expect(await importCache({ source, cache, onProgress: (done, all) => seen.push([done, all]) })).toMatchObject({
      shards: 1,
      rows: 1,
      known: 1,
    })
    expect(seen).toEqual([
      [1, 2],
      [2, 2],
    ])
    expect(filesOf(cache).length).toBe(1)
  })
})

describe('importCache of tables', () => {
  it('takes data sets and files that are not known, and hashes of files that were read later', async () => {
    const source = await cacheOf({ images: [1] })
    const cache = await cacheOf({ images: [1] })
    const mine = [
      file('older', { hashed: 5, image: hashOf('old') }),
      file('newer', { hashed: 20, image: hashOf('new') }),
      file('unread', { image: undefined, hashed: undefined, stamp: undefined }),
      file('same', { hashed: 5, stamp: 'mine' }),
    ]
    addDataSet(cache, mine, { finished: 2 })
    addDataSet(source, [...mine.map(({ path }) => file(path)), file('deleted')], { finished: 1 })
    addDataSet(source, [file('x', { part: 'test' })], { root: '/elsewhere' })
    await importCache({ source, cache })
    expect(filesOf(cache)).toEqual([mine[1], file('older'), mine[3], file('unread')])
    expect(filesOf(cache, '/elsewhere')).toEqual([file('x', { part: 'test' })])
  })

  it('takes files that are not known here from a catalog that has seen the folder later', async () => {
    const [source, cache] = [await cacheOf({ images: [1] }), await cacheOf({ images: [1] })]
    addDataSet(cache, [file('a')], { finished: 1 })
    addDataSet(source, [file('a'), file('b')], { finished: 2 })
    await importCache({ source, cache })
    expect(filesOf(cache).map(({ path }) => path)).toEqual(['a', 'b'])
  })

  it('takes runs in the order of time, each once', async () => {
    const [source, cache] = [await cacheOf({ images: [1] }), await cacheOf({ images: [1] })]
    addDataSet(cache, [file('a')], { finished: 20, name: 'mine.onnx' })
    addDataSet(source, [], { finished: 10, name: 'old.onnx' })
    addDataSet(source, [], { finished: 30, name: 'new.onnx' })
    const runs = () => withCatalog(cache, ({ database }) => database.prepare('SELECT model FROM run ORDER BY finished').pluck().all())
    const last = () => withCatalog(cache, (catalog) => catalog.runs.last(1)?.model)
    await importCache({ source, cache })
    await importCache({ source, cache })
    expect([runs(), last()]).toEqual([['old.onnx', 'mine.onnx', 'new.onnx'], 'new.onnx'])
    const older = await cacheOf({ images: [1] })
    addDataSet(older, [], { finished: 15, name: 'older.onnx' })
    await importCache({ source: older, cache })
    expect([runs().length, last()]).toEqual([4, 'new.onnx'])
  })

  it('takes the quarantine of files that are the same here and have no code', async () => {
    const [source, cache] = [await cacheOf({ images: [1] }), await cacheOf({ images: ['coded'] })]
    const files = [file('bad'), file('coded'), file('changed'), file('known')]
    const quarantine = (of: string, paths: readonly string[], reason: string) =>
      withCatalog(of, ({ files: table }) => {
        const records = paths.map((path) => ({ path, cause: 'empty', reason, stamp: undefined }))
        table.replaceQuarantine(table.addDataset('/data'), fingerprint, records)
      })
    addDataSet(source, files)
    quarantine(source, ['bad', 'coded', 'changed', 'known', 'gone'], 'theirs')
    addDataSet(cache, [...files.filter(({ path }) => path !== 'changed'), file('changed', { image: hashOf('now'), hashed: 99 })])
    quarantine(cache, ['known'], 'mine')
    await importCache({ source, cache })
    const rows = withCatalog(cache, ({ files: table }) => table.quarantined(1, fingerprint).map(({ path, reason }) => [path, reason]))
    expect(rows).toEqual([
      ['bad', 'theirs'],
      ['known', 'mine'],
    ])
  })

  it('leaves rows out whose checksum does not hold', async () => {
    const source = await cacheOf({ images: [1] })
    addDataSet(source, [file('a'), file('b')])
    withCatalog(source, ({ database }) => database.exec("UPDATE file SET label = 'flipped' WHERE path = 'b'; UPDATE run SET model = 'x'"))
    const cache = tempFolder()
    expect(await importCache({ source, cache })).toMatchObject({ rows: 1, damagedRows: 2 })
    expect(filesOf(cache)).toEqual([file('a')])
    expect(withCatalog(cache, ({ runs }) => runs.last(1))).toBeUndefined()
  })

  it('leaves runs out of which no code is here', async () => {
    const source = await cacheOf({ images: [1] })
    addDataSet(source, [file('a')])
    const [shard = ''] = shardFiles(source)
    rmSync(join(cachePaths(source).shards(fingerprint), shard))
    const cache = tempFolder()
    expect(await importCache({ source, cache })).toMatchObject({ shards: 0, rows: 0 })
    expect(withCatalog(cache, ({ runs }) => runs.last(1))).toBeUndefined()
  })

  it('tells what a catalog that cannot be read means', async () => {
    const source = await cacheOf({ images: [1] })
    writeFileSync(cachePaths(source).catalog, 'no catalog')
    expect((await userErrorOf(() => importCache({ source, cache: tempFolder() }))).message).toBe(
      `Expected to use the catalog at ${cachePaths(source).catalog}, but that failed: file is not a database. Make it again from the shards with: npm run cache -- rebuild --cache ${source}`,
    )
  })
})

describe('importCache of networks', () => {
  const graph = (content: string, start = 'ab-8') => `${start}-${createHash('sha256').update(content).digest('hex')}.onnx`

  it('takes those that are not here, whole ones only, and overwrites none', async () => {
    const [source, cache] = [await cacheOf({ images: [1] }), tempFolder()]
    put(source, `models/int8-v1/${graph('theirs')}`, 'theirs')
    put(source, `models/int8-v1/${graph('same', 'cd-8')}`, 'same')
    put(source, `models/int8-v1/${graph('new', 'ef-8')}`, 'new')
    put(source, `models/built-v1/${graph('built', 'vgg16-1-00')}`, 'built')
    put(source, `models/built-v1/${graph('whole', 'vgg19-1-00')}`, 'damaged')
    put(source, 'models/vgg16.h5', 'weights')
    put(cache, `models/int8-v1/${graph('mine')}`, 'mine')
    put(cache, `models/int8-v1/${graph('same', 'cd-8')}`, 'same')
    const before = folderState(source)
    expect(await importCache({ source, cache })).toMatchObject({ graphs: 2, otherCalibrations: 1 })
    expect(readdirSync(join(cache, 'models'), { recursive: true, encoding: 'utf8' }).sort()).toEqual(
      [
        'built-v1',
        `built-v1/${graph('built', 'vgg16-1-00')}`,
        'int8-v1',
        `int8-v1/${graph('mine')}`,
        `int8-v1/${graph('new', 'ef-8')}`,
        `int8-v1/${graph('same', 'cd-8')}`,
      ].sort(),
    )
    expect(folderState(source)).toEqual(before)
    expect(await importCache({ source, cache })).toMatchObject({ graphs: 0, otherCalibrations: 1 })
  })
})

describe('cache import', () => {
  it('merges caches so that nothing is computed again, and heads train at once', async () => {
    const [a, b] = [await imageFolder({ x: 4, y: 4 }), await imageFolder({ x: 5, y: 4 })] // seeds: the first images are the same
    const [cache, source] = [tempFolder(), tempFolder()]
    await extractCodes({ data: a, cache, model, workers: 1 })
    const { fingerprint: digest } = await extractCodes({ data: b, cache: source, model, workers: 1 })
    const { stdout, stderr, code } = await spawnCli(['cache', 'import', source, '--cache', cache, '--json', '--quiet'])
    expect([code, stderr]).toEqual([0, ''])
    const { rows, known, ...rest } = JSON.parse(stdout)
    expect([rows + known, rest.shards, known > 0, rows > 0]).toEqual([9, 1, true, true])
    expect((await trainHead({ data: b, cache })).classes).toBe(2)
    expect(await extractCodes({ data: b, cache, model, workers: 1 })).toMatchObject({ computed: 0, cached: 9 })
    expect(codesByPath(cache, digest, b)).toEqual(codesByPath(source, digest, b))
    expect(await extractCodes({ data: a, cache, model, workers: 1 })).toMatchObject({ computed: 0, cached: 8 })
    const again = await spawnCli(['cache', 'import', source, '--cache', cache, '--quiet'])
    expect(again.stdout).toBe('Imported 0 codes in 0 shards; 9 were here already.\n')
  })

  it('says what is damaged, and what can be imported', async () => {
    const source = await cacheOf({ images: [1] })
    writeFileSync(join(cachePaths(source).shards(fingerprint), `${'0'.repeat(64)}.arrow`), 'x')
    addDataSet(source, [file('a')])
    withCatalog(source, ({ database }) => database.exec("UPDATE file SET label = 'flipped'"))
    const cache = tempFolder()
    const { stdout, stderr } = await spawnCli(['cache', 'import', source, '--cache', cache, '--quiet'])
    expect(stdout).toBe('Imported 1 code in 1 shard.\n')
    expect(stderr.split('\n')).toEqual([
      `${join(cachePaths(source).shards(fingerprint), `${'0'.repeat(64)}.arrow`)} was left out: its content is not what its name says.`,
      '1 row of its catalog is damaged and left out.',
      `Look into it with: npm run cache -- verify --cache ${source}`,
      '',
    ])
    const none = await spawnCli(['cache', 'import', join(source, 'none'), '--cache', cache])
    expect([none.code, none.stderr]).toEqual([
      1,
      `cnn-codes: Expected a .parquet or .csv file or the folder of a .npy export, or another cache folder, with codes-v1 in it, at ${join(source, 'none')}, found nothing. Check the path, or make an export with: npm run cache -- export\n`,
    ])
    mkdirSync(join(source, 'empty'))
    expect((await spawnCli(['cache', 'import', join(source, 'empty'), '--cache', cache])).stderr).toContain('found something else.')
  })
})
