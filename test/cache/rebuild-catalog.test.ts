import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/base/content-file.js'
import { thisHost } from '../../src/base/process-name.js'
import { openCatalog } from '../../src/cache/catalog.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { joinRows } from '../../src/cache/join-rows.js'
import { Leases } from '../../src/cache/leases.js'
import { cachePaths } from '../../src/cache/paths.js'
import { publish } from '../../src/cache/publish.js'
import { rebuildCatalog } from '../../src/cache/rebuild-catalog.js'
import { encodeShard } from '../../src/cache/shard-file.js'
import { verifyFolder } from '../../src/cache/verify/verify-folder.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { editCatalog } from '../helpers/edit-catalog.js'
import { type Filled, model, useFilledCache } from '../helpers/filled-cache.js'
import { put } from '../helpers/image-folder.js'
import { shardBytes } from '../helpers/shard-bytes.js'
import { shardFiles, writeShards } from '../helpers/small-shards.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

let filled: Filled
useFilledCache((copy) => {
  filled = copy
})

const files = (codes: string) => readdirSync(codes).filter((name) => !/^[0-9a-f]{64}$/.test(name))
const now = Date.UTC(2030, 0, 2, 3, 4, 5)
const keptName = 'catalog.sqlite.before-20300102T030405.000Z'

describe('rebuildCatalog', () => {
  it('refuses a folder without codes', async () => {
    const cache = join(tempFolder(), 'none')
    expect((await userErrorOf(() => rebuildCatalog({ cache }))).message).toBe(
      `Expected codes in ${cache}, found no such folder. Name the cache folder with --cache, or make codes with: npm run codes -- --data DIR --cache ${cache}`,
    )
  })

  it('refuses a catalog of a newer version, and leaves it', async () => {
    const { cache, codes } = filled
    editCatalog(cache, 'PRAGMA user_version = 99')
    const before = readFileSync(join(codes, 'catalog.sqlite'))
    expect((await userErrorOf(() => rebuildCatalog({ cache }))).message).toBe(
      `Expected a catalog of version 2 or older, found version 99 at ${join(codes, 'catalog.sqlite')}. Update cnn-codes; nothing was changed.`,
    )
    expect(readFileSync(join(codes, 'catalog.sqlite'))).toEqual(before)
    expect(files(codes)).toEqual(['catalog.sqlite'])
  })

  it('refuses while another process is at work, or has the catalog open', async () => {
    const { cache, codes } = filled
    const leases = Leases.open(cache)
    expect((await userErrorOf(() => rebuildCatalog({ cache }))).message).toBe(
      `Expected nobody to work on ${cache} while its catalog is made again, found 1 at work (host ${thisHost()}, process ${process.pid}). Wait until they are done, or end them, and run the same command again.`,
    )
    leases.close()
    const reader = openCatalog(cache)
    expect((await userErrorOf(() => rebuildCatalog({ cache }))).message).toBe(
      `Expected nobody to have the catalog at ${join(codes, 'catalog.sqlite')} open while it is made again, found that another process has. Wait until it is done and run the same command again.`,
    )
    reader.close()
    expect(files(codes)).toEqual(['catalog.sqlite'])
    expect(await rebuildCatalog({ cache })).toMatchObject({ shards: 4 })
  })

  it('finds every code again, keeps the old catalog, and codes finds all of them', async () => {
    const { cache, codes, data, fingerprint } = filled
    const before = storedCodes(cache, fingerprint)
    const old = readFileSync(join(codes, 'catalog.sqlite'))
    const progress: number[][] = []
    const kept = join(codes, keptName)
    const result = await rebuildCatalog({ cache, now, onShard: (done, all) => progress.push([done, all]) })
    expect(result).toEqual({ shards: 4, rows: 17, refused: [], kept, seconds: expect.any(Number) })
    expect(progress).toEqual([1, 2, 3, 4].map((done) => [done, 4]))
    expect(files(codes)).toEqual(['catalog.sqlite', keptName])
    expect(storedCodes(cache, fingerprint)).toEqual(before)
    const database = new Database(kept, { readonly: true })
    expect(database.prepare('SELECT count(*) FROM run').pluck().get()).toBe(4)
    expect(readFileSync(kept).length).toBe(old.length)
    database.close()
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 4, rows: 17, bad: [], orphans: 0 })
    expect(await extractCodes({ data, cache, model, layer: 'y', workers: 1 })).toMatchObject({ computed: 0, cached: 6 })
  })

  it('keeps the times of shards', async () => {
    const { cache } = filled
    const created = () => {
      const catalog = openCatalog(cache)
      const times = catalog.database.prepare('SELECT digest, created / 60000 FROM shard ORDER BY digest').raw().all()
      catalog.close()
      return times
    }
    const before = created()
    await rebuildCatalog({ cache })
    expect(created()).toEqual(before)
  })

  it('leaves shards that are not whole, and tells of them', async () => {
    const { cache, codes, fingerprint } = filled
    const [shard = ''] = readdirSync(join(codes, fingerprint))
    writeFileSync(join(codes, fingerprint, shard), 'x')
    const refused = [{ shard: shard.slice(0, 64), reason: 'its content is not what its name says' }]
    expect(await rebuildCatalog({ cache })).toMatchObject({ shards: 3, refused })
    expect(readdirSync(join(codes, fingerprint))).toContain(shard)
  })

  it('takes what lies in a damaged catalog and its log out of the way', async () => {
    const { cache, codes } = filled
    const old = 'this is no database, only text of some length'.repeat(100)
    for (const end of ['', '-wal', '-shm']) writeFileSync(join(codes, `catalog.sqlite${end}`), old)
    expect(await rebuildCatalog({ cache, now })).toMatchObject({ shards: 4, rows: 17 })
    expect(files(codes)).toEqual(['catalog.sqlite', keptName, `${keptName}-wal`])
    for (const end of ['', '-wal']) expect(readFileSync(join(codes, `${keptName}${end}`), 'utf8')).toBe(old)
    expect(await verifyFolder({ cache })).toMatchObject({ bad: [], orphans: 0 })
  })

  it('deletes shards whose rows others have', async () => {
    const [cache, folder] = [tempFolder(), fingerprintOf(identity)]
    for (const names of [
      ['cat', 'dog'],
      ['dog', 'cat'],
    ]) {
      const images = Buffer.from(names.map(hashOf).join(''), 'hex')
      const codes = Float32Array.from([1, 2])
      const bytes = await shardBytes({ identity, shape: [1], dtype: 'float32', images, views: new Uint16Array(2), codes })
      put(join(cache, 'codes-v1', folder), `${sha256(bytes)}.arrow`, bytes)
    }
    expect(await rebuildCatalog({ cache })).toMatchObject({ shards: 1, rows: 2, kept: null })
    expect(readdirSync(join(cache, 'codes-v1', folder)).length).toBe(1)
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 1, rows: 2, bad: [], orphans: 0 })
  })

  it('takes up a shard into which another process has moved codes meanwhile', async () => {
    const cache = tempFolder()
    const fingerprint = fingerprintOf(identity)
    await writeShards(cache, [{ images: [1] }, { images: [2] }])
    const parts = shardFiles(cache)
    const before = storedCodes(cache, fingerprint)
    const folder = cachePaths(cache).shards(fingerprint)
    const { content } = joinRows(
      parts.map((name) => ({ path: join(folder, name), rows: [0] })),
      () => undefined,
    )
    if (!content) throw new Error('Expected whole shards')
    const { digest } = await publish(folder, (await encodeShard(content)).pieces, '.arrow')
    expect(shardFiles(cache).at(-1)).toBe(`${digest}.arrow`) // read when the others are known
    const moved = (done: number, all: number) => {
      if (done === all) for (const name of parts) rmSync(join(folder, name))
    }
    await rebuildCatalog({ cache, onShard: moved })
    expect(shardFiles(cache)).toEqual([`${digest}.arrow`])
    expect(storedCodes(cache, fingerprint)).toEqual(before)
  })

  it('leaves the old catalog where it is broken off', async () => {
    const { cache, codes, fingerprint } = filled
    const before = storedCodes(cache, fingerprint)
    const stop = (done: number) => {
      if (done === 3) throw new Error('broken off')
    }
    await expect(rebuildCatalog({ cache, onShard: stop })).rejects.toThrow('broken off')
    expect(files(codes)).toEqual(['catalog.sqlite'])
    expect(storedCodes(cache, fingerprint)).toEqual(before)
  })
})

describe('cache rebuild', () => {
  it('says what it made, what it kept and what comes next', async () => {
    const { cache, codes, fingerprint } = filled
    const [shard = ''] = readdirSync(join(codes, fingerprint))
    writeFileSync(join(codes, fingerprint, shard), 'x')
    const { code, stdout, stderr } = await spawnCli(['cache', 'rebuild', '--cache', cache])
    const kept = files(codes).find((name) => name.startsWith('catalog.sqlite.before-')) ?? ''
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^The catalog has 3 shards with \d+ codes, in \d\.\d s\.$/),
      `The one of before is kept as ${join(codes, kept)}; delete it when you do not miss it.`,
      `${shard}: its content is not what its name says`,
      `1 shard not taken. Put aside what is damaged with: npm run cache -- verify --repair --cache ${cache}`,
      `Data sets and runs come back with the next codes, which finds all these codes: npm run codes -- --data DIR --cache ${cache}`,
      '',
    ])
    const { stdout: json } = await spawnCli(['cache', 'rebuild', '--cache', cache, '--json'])
    expect(Object.keys(JSON.parse(json))).toEqual(['shards', 'rows', 'refused', 'kept', 'seconds'])
  })
})
