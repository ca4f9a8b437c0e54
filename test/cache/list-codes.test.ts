import { chmodSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { listCodes } from '../../src/cache/list-codes.js'
import { cachePaths } from '../../src/cache/paths.js'
import { identity } from '../helpers/code-identity.js'
import { folderState } from '../helpers/folder-state.js'
import { put } from '../helpers/image-folder.js'
import { type SmallShard, shardFiles, writeShards } from '../helpers/small-shards.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const day = 24 * 3600 * 1000
const named = { ...identity, backbone: { architecture: 'vgg16', version: '1', weights: 'ab' }, layer: 'block5_pool', size: 224 }
const random = { ...named, backbone: { ...named.backbone, random: '1' } }

/** A cache with two kinds of codes, of which one had a run. */
async function cacheOf({ now = Date.now() } = {}) {
  const cache = tempFolder()
  const shards: SmallShard[] = [
    { images: [1, 2], created: now - 40 * day },
    { images: [3], created: now - 3 * day },
    { images: [3], dtype: 'float32', created: now - 3 * day },
    { images: [1, 4], of: named, created: now },
  ]
  await writeShards(cache, shards)
  const catalog = openCatalog(cache)
  const run = { dataset: catalog.files.addDataset('/data/photos'), fingerprint: 1, started: 0, details: {} }
  for (const [model, finished] of [
    ['old.onnx', 1],
    ['net.onnx', 2],
  ] as const)
    catalog.runs.add({ ...run, model, finished })
  catalog.close()
  return cache
}

describe('listCodes', () => {
  it('refuses a folder without codes', async () => {
    const cache = tempFolder()
    expect((await userErrorOf(() => listCodes({ cache }))).message).toBe(
      `Expected codes in ${cache}, found an empty folder. Name the cache folder with --cache, or make codes with: npm run codes -- --data DIR --cache ${cache}`,
    )
  })

  it('tells kinds, those without a run by their identity, and touches nothing', async () => {
    const now = Date.parse('2026-01-02T03:04:05.678Z')
    const cache = await cacheOf({ now })
    const before = folderState(cache)
    const list = await listCodes({ cache })
    expect(folderState(cache)).toEqual(before)
    const usual = {
      resize: 'squish',
      decoder: 'exact',
      exif: true,
      alpha: 'white',
      truncated: 'reject',
      augment: 'none',
      view: 0,
      precision: 'float32',
      codeShape: [1, 1, 4],
    }
    expect(list.kinds).toEqual([
      {
        ...usual,
        fingerprint: fingerprintOf(identity),
        model: 'net.onnx',
        models: ['net.onnx', 'old.onnx'],
        layer: 'y',
        size: 8,
        data: ['/data/photos'],
        images: 3,
        dtypes: ['float16', 'float32'],
        shards: 3,
        bytes: expect.any(Number),
        first: '2025-11-23T03:04:05.678Z',
        last: '2025-12-30T03:04:05.678Z',
      },
      {
        ...usual,
        fingerprint: fingerprintOf(named),
        model: 'vgg16',
        models: ['vgg16'],
        layer: 'block5_pool',
        size: 224,
        data: [],
        images: 2,
        dtypes: ['float16'],
        shards: 1,
        bytes: expect.any(Number),
        first: '2026-01-02T03:04:05.678Z',
        last: '2026-01-02T03:04:05.678Z',
      },
    ])
    expect(list).toMatchObject({ images: 4, shards: 4, damaged: [], unknown: { files: 0, bytes: 0 } })
    expect(list.bytes).toBe(list.kinds.reduce((sum, { bytes }) => sum + bytes, 0))
    expect(list.compaction).toEqual({ before: 4, after: 3 }) // the float16 code of image 3 is of no use
  })

  it('names random weights and files of a user by their identity', async () => {
    const cache = tempFolder()
    await writeShards(cache, [{ images: [1] }, { images: [1], of: random }])
    expect((await listCodes({ cache })).kinds.map(({ model }) => model)).toEqual(['file abababababab', 'vgg16 (random weights)'])
  })

  it('tells what else takes disk, damaged shards and unknown files', async () => {
    const cache = await cacheOf()
    const [first = '', second = ''] = shardFiles(cache)
    const folder = cachePaths(cache).shards(fingerprintOf(identity))
    rmSync(join(folder, first))
    truncateSync(join(folder, second), 10)
    for (const [path, size] of [
      ['codes-v1/notes.txt', 1],
      [`codes-v1/${fingerprintOf(identity)}/.tmp~elsewhere~1~x`, 2],
      [`codes-v1/${fingerprintOf(identity)}/${'0'.repeat(64)}.arrow`, 3],
      ['gram/x.gram', 4],
      ['heads/a/head.json', 5],
      ['heads/a/weights-1.safetensors', 6],
      ['sweeps/a/sweep.svg', 7],
      ['models/built-v1/a.onnx', 8],
      ['models/int8-v1/a.onnx', 9],
      ['models/vgg16.h5', 10],
      ['exports/a.parquet', 11],
      ['reports/a.html', 12],
      ['codes-v1/damaged/a.arrow', 12],
    ] as const)
      put(cache, path, Buffer.alloc(size))
    const { other, unknown, damaged } = await listCodes({ cache })
    expect(other).toEqual({
      catalog: { files: expect.any(Number), bytes: expect.any(Number) },
      gram: { files: 1, bytes: 4 },
      heads: { files: 2, bytes: 11 },
      sweeps: { files: 1, bytes: 7 },
      graphs: { files: 2, bytes: 17 },
      models: { files: 1, bytes: 10 },
      exports: { files: 1, bytes: 11 },
      reports: { files: 1, bytes: 12 },
      aside: { files: 1, bytes: 12 },
    })
    expect(unknown).toEqual({ files: 2, bytes: 4 }) // what another host is writing is not counted
    const [gone, cut] = [join(folder, first), join(folder, second)]
    expect([...damaged].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
      { path: gone, reason: 'it is gone' },
      { path: cut, reason: expect.stringMatching(/^it has 10 bytes instead of \d+$/) },
    ])
  })

  it.skipIf(process.getuid?.() === 0)('works where nothing can be written (skipped for root)', async () => {
    const cache = await cacheOf()
    for (const folder of [cachePaths(cache).codes, cache]) chmodSync(folder, 0o500)
    expect((await listCodes({ cache })).shards).toBe(4)
    for (const folder of [cache, cachePaths(cache).codes]) chmodSync(folder, 0o700)
  })
})

describe('cache list', () => {
  it('prints a line for each kind with its age and data, then the disk', async () => {
    const cache = await cacheOf()
    const { code, stdout, stderr } = await spawnCli(['cache', 'list', '--cache', cache])
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^codes +model +layer +size +kept as +images +shards +disk +first +last +data$/)
    const short = fingerprintOf(identity).slice(0, 8)
    expect(lines[2]).toMatch(
      new RegExp(`^${short} +net\\.onnx +y +8 +float16 \\+ float32 +3 +3 +[\\d.]+ kB +1 month ago +3 days ago +/data/photos$`),
    )
    expect(lines[3]).toMatch(
      /^\w{8} +vgg16 +block5_pool +224 +float16 +2 +1 +[\d.]+ kB +just now +just now +not known until the next codes$/,
    )
    expect(lines.slice(4)).toEqual([
      '',
      expect.stringMatching(/^2 kinds of codes of 4 images: 4 shards, [\d.]+ kB\.$/),
      expect.stringMatching(/^Beside them: the catalog [\d.]+ kB\.$/),
      '',
    ])
  })

  it('says when compaction helps, and what is damaged or unknown', async () => {
    const cache = tempFolder()
    await writeShards(
      cache,
      Array.from({ length: 12 }, (_, image) => ({ images: [image] })),
    )
    const path = join(cachePaths(cache).shards(fingerprintOf(identity)), shardFiles(cache)[0] ?? '')
    truncateSync(path, 10)
    writeFileSync(join(cache, 'codes-v1/notes.txt'), 'notes')
    const { stdout } = await spawnCli(['cache', '--cache', cache])
    expect(stdout.split('\n').slice(-5)).toEqual([
      '1 file among the shards that the catalog does not know: 5 bytes.',
      expect.stringMatching(/^Damaged: .*\.arrow: it has 10 bytes instead of \d+\.$/),
      `Look into it with: npm run cache -- verify --cache ${cache}`,
      expect.stringMatching(/^12 shards of \d+\.\d kB on average: npm run cache -- compact --cache .* makes 2 of them\.$/),
      '',
    ])
  })

  it('prints one object with --json', async () => {
    const cache = await cacheOf()
    const { stdout } = await spawnCli(['cache', 'list', '--cache', cache, '--json'])
    expect(JSON.parse(stdout)).toEqual(await listCodes({ cache }))
  })
})
