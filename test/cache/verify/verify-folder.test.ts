import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thisHost } from '../../../src/base/process-name.js'
import { openCatalog } from '../../../src/cache/catalog.js'
import { fingerprintOf } from '../../../src/cache/fingerprint.js'
import { shardPaths } from '../../../src/cache/index-shards.js'
import { ShardWriter } from '../../../src/cache/shard-writer.js'
import { isBad, verifyFolder } from '../../../src/cache/verify/verify-folder.js'
import { extractSeveral } from '../../../src/extract/extract-codes.js'
import { hashOf, identity } from '../../helpers/code-identity.js'
import { editCatalog } from '../../helpers/edit-catalog.js'
import { type Filled, model, useFilledCache } from '../../helpers/filled-cache.js'
import { folderState } from '../../helpers/folder-state.js'
import { storedCodes } from '../../helpers/stored-codes.js'
import { tempFolder } from '../../helpers/temp-folder.js'
import { userErrorOf } from '../../helpers/thrown.js'

let filled: Filled
useFilledCache((copy) => {
  filled = copy
})

/** The first shard, by its path below the folder of codes. */
const firstShard = ({ codes }: Filled) => shardPaths(codes)[0]?.slice(codes.length + 1) ?? ''

/** What the catalog knows of the first shard. */
const ofShard = (found: Filled) => `(SELECT id FROM shard WHERE digest = '${basename(firstShard(found), '.arrow')}')`
const firstRow = (found: Filled) => `shard = ${ofShard(found)} AND row = 1`

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

/** All problems as one line each, without what changes from run to run. */
async function problemsOf(cache: string, options: { readonly repair?: boolean } = {}) {
  const { steps } = await verifyFolder({ cache, ...options })
  return steps.flatMap(({ name, problems }) =>
    problems.map(({ kind, file, reason, repaired }) => `${name} ${kind} ${basename(file)}: ${reason}${repaired ? ' (repaired)' : ''}`),
  )
}

describe('verifyFolder', () => {
  it('refuses a folder without codes', async () => {
    const cache = tempFolder()
    expect((await userErrorOf(() => verifyFolder({ cache }))).message).toBe(
      `Expected codes in ${cache}, found an empty folder. Name the cache folder with --cache, or make codes with: npm run codes -- --data DIR --cache ${cache}`,
    )
  })

  it('finds nothing in a cache as runs leave it, tells its progress, and writes nothing', async () => {
    const { cache, codes } = filled
    const before = folderState(codes)
    const progress: number[][] = []
    const found = await verifyFolder({ cache, onProgress: (done, all) => progress.push([done, all]) })
    expect(found).toMatchObject({ shards: 4, rows: 5 + 5 + 1 + 6, bad: [], orphans: 0, repaired: 0 })
    expect(found.steps.map(({ name, problems }) => [name, problems])).toEqual([
      ['structure', []],
      ['checksums', []],
      ['catalog', []],
    ])
    expect(progress).toEqual([1, 2, 3, 4].map((done) => [done, 4]))
    const { '.': _times, ...after } = folderState(codes) // SQLite makes and removes its log beside the catalog
    expect({ '.': before['.'], ...after }).toEqual(before)
  })

  it('ends when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(verifyFolder({ cache: filled.cache, signal })).rejects.toThrow('enough')
  })

  it('follows links to folders of shards', async () => {
    const { cache, codes, fingerprint } = filled
    const elsewhere = join(tempFolder(), 'moved')
    renameSync(join(codes, fingerprint), elsewhere)
    symlinkSync(elsewhere, join(codes, fingerprint))
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 4, bad: [] })
  })

  it('takes shards for orphans that came with no catalog, and makes one', async () => {
    const { cache, codes } = filled
    for (const end of ['', '-wal', '-shm']) rmSync(join(codes, `catalog.sqlite${end}`), { force: true })
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 4, bad: [], orphans: 4, repaired: 0 })
    expect(existsSync(join(codes, 'catalog.sqlite'))).toBe(false)
    expect(await verifyFolder({ cache, repair: true })).toMatchObject({ orphans: 4, repaired: 4 })
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 4, bad: [], orphans: 0 })
  })

  it('refuses to repair a catalog of a newer version, and leaves it', async () => {
    const { cache, codes } = filled
    editCatalog(cache, 'PRAGMA user_version = 99')
    const path = join(codes, 'catalog.sqlite')
    const newer = `Expected a catalog of version 2 or older, found version 99 at ${path}. Update cnn-codes; nothing was changed.`
    expect((await verifyFolder({ cache })).bad).toEqual([{ shard: 'catalog.sqlite', reason: newer }])
    const before = readFileSync(path)
    expect((await userErrorOf(() => verifyFolder({ cache, repair: true }))).message).toBe(newer)
    expect(readFileSync(path)).toEqual(before)
  })

  it('leaves what belongs to nobody and to the living, and tells of it', async () => {
    const { cache, codes, fingerprint } = filled
    writeFileSync(join(codes, 'notes.txt'), '')
    mkdirSync(join(codes, fingerprint, 'folder.arrow'))
    const living = [`.tmp~${thisHost()}~${process.pid}~x`, '.tmp~elsewhere~1~x']
    for (const name of living) writeFileSync(join(codes, fingerprint, name), '')
    const strange = ['notes.txt', 'folder.arrow'].map((name) => `structure strange ${name}: it is no file of the cache`).sort()
    expect((await problemsOf(cache)).sort()).toEqual(strange)
    expect((await problemsOf(cache, { repair: true })).sort()).toEqual(strange)
    expect(isBad(await verifyFolder({ cache }))).toBe(false)
    expect(existsSync(join(codes, 'notes.txt'))).toBe(true)
    expect(readdirSync(join(codes, fingerprint))).toEqual(expect.arrayContaining(living))
  })

  it.skipIf(process.getuid?.() === 0)('leaves what it must not read (skipped as root)', async () => {
    const { cache, codes } = filled
    chmodSync(join(codes, firstShard(filled)), 0)
    const found = `structure bad ${basename(firstShard(filled))}: its permissions forbid to read it`
    expect(await problemsOf(cache)).toEqual([found])
    expect(await problemsOf(cache, { repair: true })).toEqual([found])
    expect(isBad(await verifyFolder({ cache, repair: true }))).toBe(true)
  })
})

const otherwise = 'the catalog has 1 of its rows otherwise than the file'
const lacks = 'the catalog lacks 1 of its rows'
const notAsWritten = (table: string) => `catalog bad catalog.sqlite: 1 row of its table ${table} is not as when written`
const dead = `.tmp~${thisHost()}~4194304~x`

interface Damage {
  readonly harm: (found: Filled) => void
  /** What is found; SHARD stands for the name of the first shard, BYTES for its size. */
  readonly problems: readonly string[]
  /** Whether the shard's codes are to be computed again. */
  readonly drops?: boolean
}

const damages: Readonly<Record<string, Damage>> = {
  'a flipped bit in a shard': {
    harm: (found) => flipBit(join(found.codes, firstShard(found)), 700),
    problems: ['checksums bad SHARD: its content is not what its name says'],
    drops: true,
  },
  'an empty shard': {
    harm: (found) => writeFileSync(join(found.codes, firstShard(found)), ''),
    problems: ['checksums bad SHARD: its content is not what its name says'],
    drops: true,
  },
  'a shard that is gone': {
    harm: (found) => rmSync(join(found.codes, firstShard(found))),
    problems: ['catalog bad SHARD: its file is gone'],
    drops: true,
  },
  'a shard that the catalog does not know': {
    harm: (found) =>
      editCatalog(found.cache, `DELETE FROM code WHERE shard = ${ofShard(found)}; DELETE FROM shard WHERE id = ${ofShard(found)}`),
    problems: ['catalog orphan SHARD: the catalog does not know it; the next codes takes it up'],
  },
  'a code that the catalog lacks': {
    harm: (found) => editCatalog(found.cache, `DELETE FROM code WHERE ${firstRow(found)}`),
    problems: [`catalog bad SHARD: ${lacks}`],
  },
  'a wrong checksum of a code': {
    harm: (found) => editCatalog(found.cache, `UPDATE code SET crc = crc + 4294967296 WHERE ${firstRow(found)}`),
    problems: [`catalog bad SHARD: ${otherwise}`],
  },
  'a code under another image': {
    harm: (found) => editCatalog(found.cache, `UPDATE code SET image = zeroblob(32) WHERE ${firstRow(found)}`),
    problems: [`catalog bad SHARD: ${otherwise}`],
  },
  'a code of another view': {
    harm: (found) => editCatalog(found.cache, `UPDATE code SET view = 65536 WHERE ${firstRow(found)}`),
    problems: [`catalog bad SHARD: ${otherwise}`],
  },
  'a code in another row': {
    harm: (found) => editCatalog(found.cache, `UPDATE code SET row = 77 WHERE ${firstRow(found)}`),
    problems: [`catalog bad SHARD: ${otherwise}`],
  },
  'a code of a kind that does not exist': {
    harm: (found) => editCatalog(found.cache, `UPDATE code SET fingerprint = 9 WHERE ${firstRow(found)}`),
    problems: ['catalog bad catalog.sqlite: 1 row of its table code is without fingerprint', `catalog bad SHARD: ${otherwise}`],
  },
  'a code in a shard that does not exist': {
    harm: (found) => editCatalog(found.cache, `UPDATE code SET shard = 99 WHERE ${firstRow(found)}`),
    problems: ['catalog bad catalog.sqlite: 1 row of its table code is without shard'],
  },
  'a shard of another size, sealed': {
    harm: (found) =>
      editCatalog(
        found.cache,
        `UPDATE shard SET bytes = 5 WHERE id = ${ofShard(found)};
        UPDATE shard SET crc = row_checksum(id, fingerprint, digest, dtype, rows, bytes, codes_at, created)`,
      ),
    problems: ['catalog bad SHARD: the catalog has 5 as its bytes, the file BYTES'],
  },
  'a shard without a checksum': {
    harm: (found) => editCatalog(found.cache, `UPDATE shard SET crc = NULL WHERE id = ${ofShard(found)}`),
    problems: [notAsWritten('shard')],
  },
  'a shard under another name': {
    harm: (found) => editCatalog(found.cache, `UPDATE shard SET digest = '${hashOf('x')}' WHERE id = ${ofShard(found)}`),
    problems: [
      notAsWritten('shard'),
      `catalog bad ${hashOf('x')}.arrow: its file is gone`,
      'catalog orphan SHARD: the catalog does not know it; the next codes takes it up',
    ],
  },
  'a shape that is not that of the codes, sealed': {
    harm: (found) =>
      editCatalog(
        found.cache,
        `UPDATE fingerprint SET shape = '[36]' WHERE id = (SELECT fingerprint FROM shard WHERE id = ${ofShard(found)});
        UPDATE fingerprint SET crc = row_checksum(id, digest, json, shape)`,
      ),
    problems: ['catalog bad SHARD: the catalog has codes of [36], the file of [6,6,4]'],
  },
  'a changed file record': {
    harm: ({ cache }) => editCatalog(cache, "UPDATE file SET label = 'c' WHERE path = 'a/0.png'"),
    problems: [notAsWritten('file')],
  },
  'a changed quarantine record': {
    harm: ({ cache }) => editCatalog(cache, "UPDATE quarantine SET cause = 'b'"),
    problems: ['catalog bad catalog.sqlite: 2 rows of its table quarantine are not as when written'],
  },
  'a changed run': {
    harm: ({ cache }) => editCatalog(cache, "UPDATE run SET model = 'other' WHERE id = 1"),
    problems: [notAsWritten('run')],
  },
  'a changed data set': {
    harm: ({ cache }) => editCatalog(cache, "UPDATE dataset SET root = '/other'"),
    problems: [notAsWritten('dataset')],
  },
  'a missing index': {
    harm: ({ cache }) => editCatalog(cache, 'DROP INDEX code_shard'),
    problems: ['catalog bad catalog.sqlite: its index code_shard is not as this version makes it'],
  },
  'a table too many': {
    harm: ({ cache }) => editCatalog(cache, 'CREATE TABLE more (a)'),
    problems: ['catalog bad catalog.sqlite: its table more is not as this version makes it'],
  },
  "a dead writer's files": {
    harm: ({ codes, fingerprint }) => {
      for (const folder of [codes, join(codes, fingerprint)]) writeFileSync(join(folder, dead), '')
    },
    problems: [dead, dead].map((name) => `structure leftover ${name}: its writer is gone`),
  },
}

describe('verifyFolder finds and repairs', () => {
  it.each(Object.entries(damages))('%s', async (_, { harm, problems, drops = false }) => {
    const { cache, codes } = filled
    const shard = firstShard(filled)
    const [kind = '', name = ''] = shard.split('/')
    const size = statSync(join(codes, shard)).size
    const before = storedCodes(cache, kind)
    harm(filled)
    const expected = problems.map((line) => line.replace('SHARD', name).replace('BYTES', String(size)))
    expect(await problemsOf(cache)).toEqual(expected)
    expect(await problemsOf(cache, { repair: true })).toEqual(expected.map((line) => `${line} (repaired)`))
    const left = (await problemsOf(cache)).filter((line) => !line.endsWith('a repair put it aside; delete it when you do not miss it'))
    expect(left).toEqual([])
    expect(isBad(await verifyFolder({ cache }))).toBe(false)
    const after = storedCodes(cache, kind)
    expect([...after]).toEqual([...before].filter(([image]) => after.has(image)))
    expect(after.size < before.size).toBe(drops)
  })

  it.each([
    [18, 'SQLite cannot use a file of format 3 and 2'],
    [19, 'file is not a database'],
  ])('a catalog that SQLite would not write or read for byte %s of its header', async (at, reason) => {
    const { cache, codes } = filled
    const path = join(codes, 'catalog.sqlite')
    const bytes = readFileSync(path)
    bytes[at] = 3
    writeFileSync(path, bytes)
    expect((await verifyFolder({ cache })).bad).toEqual([{ shard: 'catalog.sqlite', reason: expect.stringContaining(reason) }])
    expect(await verifyFolder({ cache, repair: true })).toMatchObject({ repaired: 1 })
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 4, bad: [], orphans: 0 })
  })

  it('a file that is no database: the catalog is made again and the old one kept', async () => {
    const { cache, codes } = filled
    writeFileSync(join(codes, 'catalog.sqlite'), 'this is no database, only text of some length'.repeat(100))
    const { bad } = await verifyFolder({ cache })
    const reason = `Expected to use the catalog at ${join(codes, 'catalog.sqlite')}, but that failed: file is not a database. Make it again from the shards with: npm run cache -- rebuild --cache ${cache}`
    expect(bad).toEqual([{ shard: 'catalog.sqlite', reason }])
    expect(await verifyFolder({ cache, repair: true })).toMatchObject({ repaired: 1 })
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 4, rows: 17, bad: [], orphans: 0 })
    expect(readdirSync(codes).filter((name) => name.startsWith('catalog.sqlite.before-')).length).toBe(1)
  })

  it('a shard in the wrong folder', async () => {
    const { cache, codes } = filled
    const [from = '', to = ''] = readdirSync(codes).filter((name) => name.length === 64)
    const name = readdirSync(join(codes, from))[0] ?? ''
    copyFileSync(join(codes, from, name), join(codes, to, name))
    const reason = 'its codes were made in another way than its folder says'
    expect((await verifyFolder({ cache, repair: true })).bad).toEqual([{ shard: basename(name, '.arrow'), reason }])
    expect(readdirSync(join(codes, 'damaged', to))).toEqual([name])
    expect(await verifyFolder({ cache })).toMatchObject({ shards: 4, rows: 17, bad: [], orphans: 0 })
  })

  it('what codes computes again then, byte by byte as before', async () => {
    const { cache, codes, data, fingerprint } = filled
    const before = storedCodes(cache, fingerprint)
    for (const path of shardPaths(codes)) flipBit(path, 900)
    expect(await verifyFolder({ cache, repair: true })).toMatchObject({ shards: 0, rows: 0, repaired: 4 })
    expect(storedCodes(cache, fingerprint).size).toBe(0)
    await extractSeveral({ data, cache, models: [model], layers: ['y'], dtype: 'float32', workers: 1 })
    expect(storedCodes(cache, fingerprint)).toEqual(before)
  })

  it('rows that a dropped shard had in common with another one', async () => {
    const cache = tempFolder()
    const catalog = openCatalog(cache)
    for (const names of [
      ['cat', 'dog'],
      ['dog', 'cow'],
    ]) {
      const writer = new ShardWriter(catalog, identity)
      await writer.add({ images: names.map(hashOf), shape: [2], dtype: 'float32', codes: Float32Array.from([1, 2, 3, 4]) })
      await writer.close()
    }
    const [first = ''] = catalog.codes.shards(1)
    catalog.close()
    expect(await problemsOf(cache)).toEqual([])
    rmSync(join(cache, 'codes-v1', fingerprintOf(identity), `${first}.arrow`))
    const gone = [`catalog bad ${first}.arrow: its file is gone`]
    expect(await problemsOf(cache)).toEqual(gone)
    expect(await problemsOf(cache, { repair: true })).toEqual(gone.map((line) => `${line} (repaired)`))
    expect(await problemsOf(cache)).toEqual([])
    expect([...storedCodes(cache, fingerprintOf(identity)).keys()].sort()).toEqual([hashOf('cow'), hashOf('dog')].sort())
  })
})
