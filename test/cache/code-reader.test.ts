import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { cachePaths } from '../../src/cache/paths.js'
import { shardRecord } from '../../src/cache/read-shard.js'
import { decodeShard } from '../../src/cache/shard-file.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { toFloat16Plain } from '../../src/kernels/float16-plain.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { shardBytes } from '../helpers/shard-bytes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const shape = [2, 1, 3]
/** The code of image n; float16 holds it exactly. */
const codeOf = (n: number) => Float32Array.from({ length: 6 }, (_, i) => n + i / 8 - 1)

/** A cache with float16 codes of the images 0 to 4 in two shards, and, where asked for, float32 ones of the images 1 and 7. */
async function cacheOf({
  float32 = false,
  groups = [
    [0, 1, 2],
    [3, 4],
  ],
} = {}) {
  const catalog = openCatalog(tempFolder())
  const record = catalog.codes.add(identity, shape)
  const writer = new ShardWriter(catalog, identity, { limits: { bytes: 36, milliseconds: 1e9 } })
  for (const names of groups) {
    const codes = new Uint16Array(6 * names.length)
    toFloat16Plain(Float32Array.from(names.flatMap((n) => [...codeOf(n)])), codes)
    await writer.add({ images: names.map(hashOf), shape, dtype: 'float16', codes })
  }
  // 0.1 is no float16: these rows show which one was read.
  if (float32) {
    const codes = Float32Array.from([...codeOf(1), ...codeOf(7)], (v) => v + 0.1)
    await writer.add({ images: [1, 7].map(hashOf), shape, dtype: 'float32', codes })
  }
  await writer.close()
  return { catalog, record }
}

/** What the catalog keeps of a shard that has these bytes. */
function readShardOf(bytes: Buffer) {
  return { record: shardRecord(decodeShard(bytes), { digest: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }) }
}

/** The paths of the shards in the order in which they were entered. */
const shardPaths = ({ catalog, record }: Awaited<ReturnType<typeof cacheOf>>) =>
  [...new Set(catalog.codes.places(record.id).map(({ shard }) => shard.digest))].map((digest) =>
    join(cachePaths(catalog.cache).shards(fingerprintOf(identity)), `${digest}.arrow`),
  )

describe('CodeReader', () => {
  it('reads any images in any order, into memory of its own or the caller’s', async () => {
    const { catalog, record } = await cacheOf()
    const reader = new CodeReader(catalog, record)
    expect(reader.stored([4, 9, 0, 2, 1, 3, 0].map(hashOf))).toEqual([0, 1, 2, 3, 4].map(hashOf))
    expect([reader.shape, reader.length]).toEqual([shape, 6])
    expect(reader.read([])).toEqual(new Float32Array())
    expect([...reader.read([4, 0, 3, 0].map(hashOf))]).toEqual([4, 0, 3, 0].flatMap((n) => [...codeOf(n)]))
    const out = new Float32Array(14).fill(9)
    expect(reader.read([2, 4].map(hashOf), out)).toBe(out)
    expect([...out]).toEqual([...codeOf(2), ...codeOf(4), 9, 9])
    catalog.close()
  })

  it.each([
    ['avg', (a: number, b: number) => (a + b) / 2],
    ['max', Math.max],
  ] as const)('pools on the way: %s', async (pool, of) => {
    const { catalog, record } = await cacheOf()
    const reader = new CodeReader(catalog, record, { pool })
    expect([reader.shape, reader.length]).toEqual([[3], 3])
    const expected = [3, 1].flatMap((n) => [0, 1, 2].map((c) => of(codeOf(n)[c] ?? 0, codeOf(n)[c + 3] ?? 0)))
    expect([...reader.read([3, 1].map(hashOf))]).toEqual(expected)
    catalog.close()
  })

  it('pools by concat where the code is as long as before: the mean, then the maximum', async () => {
    const { catalog, record } = await cacheOf()
    const reader = new CodeReader(catalog, record, { pool: 'concat' })
    expect([reader.shape, reader.length]).toEqual([[6], 6])
    const both = [0, 1, 2].map((c) => [codeOf(1)[c] ?? 0, codeOf(1)[c + 3] ?? 0] as const)
    expect([...reader.read([hashOf(1)])]).toEqual([...both.map(([a, b]) => (a + b) / 2), ...both.map(([a, b]) => Math.max(a, b))])
    catalog.close()
  })

  it('prefers float32 where both are there', async () => {
    const { catalog, record } = await cacheOf({ float32: true })
    const reader = new CodeReader(catalog, record)
    expect(reader.stored([0, 1, 2, 3, 4, 7].map(hashOf))).toEqual([0, 2, 1, 7, 3, 4].map(hashOf))
    const exact = (n: number) => Float32Array.from(codeOf(n), (v) => v + 0.1)
    expect(reader.read([1, 7, 0].map(hashOf))).toEqual(Float32Array.from([...exact(1), ...exact(7), ...codeOf(0)]))
    catalog.close()
  })

  it('reads float16 codes as they are stored, where none is float32', async () => {
    const { catalog, record } = await cacheOf({ float32: true })
    const reader = new CodeReader(catalog, record)
    const halves = new Uint16Array(6)
    toFloat16Plain(codeOf(3), halves)
    expect(reader.read([hashOf(3)], new Uint16Array(6))).toEqual(halves)
    expect([reader.dtypeOf([0, 3].map(hashOf)), reader.dtypeOf([0, 1].map(hashOf))]).toEqual(['float16', 'float32'])
    expect(new CodeReader(catalog, record, { pool: 'avg' }).dtypeOf([hashOf(0)])).toBe('float32')
    expect((await userErrorOf(() => reader.read([hashOf(1)], new Uint16Array(6)))).message).toBe(
      `Expected a float16 code of image ${hashOf(1)}, found that a float32 one came meanwhile. Run the command again.`,
    )
    catalog.close()
  })

  it.each(['float16', 'float32'] as const)('names the image of a %s code that is not finite, where a name is given', async (dtype) => {
    const catalog = openCatalog(tempFolder())
    const writer = new ShardWriter(catalog, identity)
    const numbers = Float32Array.from([0, 1, 2].flatMap((n) => [...codeOf(n)]))
    numbers[7] = Number.NaN
    const codes = dtype === 'float16' ? new Uint16Array(18) : numbers
    if (codes instanceof Uint16Array) toFloat16Plain(numbers, codes)
    await writer.add({ images: [0, 1, 2].map(hashOf), shape, dtype, codes })
    await writer.close()
    const record = catalog.codes.add(identity, shape)
    expect(new CodeReader(catalog, record).read([hashOf(1)])[1]).toBe(Number.NaN)
    const reader = new CodeReader(catalog, record, { nameOf: (image) => (image === hashOf(1) ? 'cats/one.png' : 'another') })
    expect(reader.read([0, 2].map(hashOf))).toHaveLength(12)
    expect((await userErrorOf(() => reader.read([0, 1, 2].map(hashOf)))).message).toBe(
      'Expected finite numbers in the code of cats/one.png, found NaN or infinity: the network made them of this image. Leave it out with --exclude FILE, or remove the codes (npm run cache -- remove) and compute them with --precision float32 or another model.',
    )
    catalog.close()
  })

  it('refuses images that have no code', async () => {
    const { catalog, record } = await cacheOf()
    expect(() => new CodeReader(catalog, record).read([hashOf('cat')])).toThrow(`Expected a code of image ${hashOf('cat')} in the catalog`)
    catalog.close()
  })

  const adviceOf = ({ catalog }: Awaited<ReturnType<typeof cacheOf>>) =>
    `Drop what is damaged with npm run cache -- verify --repair --cache ${catalog.cache}, and run codes again: only that is computed anew.`

  it('names a shard that is missing, and reads the others', async () => {
    const cache = await cacheOf()
    const [path = ''] = shardPaths(cache)
    rmSync(path)
    const reader = new CodeReader(cache.catalog, cache.record)
    expect((await userErrorOf(() => reader.read([hashOf(0)]))).message).toBe(
      `Expected a whole shard at ${path}, found that it is gone. ${adviceOf(cache)}`,
    )
    expect([...reader.read([hashOf(3)])]).toEqual([...codeOf(3)])
    cache.catalog.close()
  })

  it('names a shard with a flipped bit in a code, and the row', async () => {
    const cache = await cacheOf()
    const [path = ''] = shardPaths(cache)
    const bytes = readFileSync(path)
    const halves = new Uint16Array(6)
    toFloat16Plain(codeOf(1), halves)
    const at = bytes.indexOf(Buffer.from(halves.buffer))
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    writeFileSync(path, bytes)
    const reader = new CodeReader(cache.catalog, cache.record)
    expect([...reader.read([hashOf(0)])]).toEqual([...codeOf(0)])
    const error = await userErrorOf(() => reader.read([0, 1].map(hashOf)))
    expect(error.message).toBe(`Expected a whole shard at ${path}, found that the checksum of row 1 does not match. ${adviceOf(cache)}`)
    cache.catalog.close()
  })

  it('names a shard that another one of equal size took the place of', async () => {
    const cache = await cacheOf({
      groups: [
        [0, 1, 2],
        [3, 4, 5],
      ],
    })
    const [first = '', second = ''] = shardPaths(cache)
    expect(readFileSync(first).length).toBe(readFileSync(second).length)
    renameSync(first, `${first}.aside`)
    renameSync(second, first)
    renameSync(`${first}.aside`, second)
    const reader = new CodeReader(cache.catalog, cache.record)
    for (const [image, path, row] of [
      [0, first, 0],
      [5, second, 2],
    ] as const) {
      expect((await userErrorOf(() => reader.read([hashOf(image)]))).message).toBe(
        `Expected a whole shard at ${path}, found that the checksum of row ${row} does not match. ${adviceOf(cache)}`,
      )
    }
    cache.catalog.close()
  })

  it('finds codes that another process moved into other shards', async () => {
    const cache = await cacheOf()
    const reader = new CodeReader(cache.catalog, cache.record)
    reader.stored([0, 1, 2].map(hashOf))
    const [path = ''] = shardPaths(cache)
    const { dtype, images, views, codes } = decodeShard(readFileSync(path))
    const other = { ...identity, layer: 'other' } // the same rows in a file of another name
    cache.catalog.codes.forget(shardPaths(cache).map((old) => basename(old, '.arrow')))
    rmSync(path)
    const { record } = readShardOf(await shardBytes({ identity: other, shape, dtype, images, views, codes }))
    cache.catalog.codes.commit(cache.record.id, record)
    writeFileSync(join(dirname(path), `${record.digest}.arrow`), await shardBytes({ identity: other, shape, dtype, images, views, codes }))
    expect([...reader.read([2, 0].map(hashOf))]).toEqual([...codeOf(2), ...codeOf(0)])
    cache.catalog.close()
  })

  // Linux tells 4,096 bytes of such a file, and gives a few: the only real file that ends before its size.
  const short = '/sys/devices/system/cpu/online'
  it.skipIf(!existsSync(short))('names a shard that ends before its size (skipped without /sys)', async () => {
    const cache = await cacheOf()
    const [path = ''] = shardPaths(cache)
    const { codesAt } = decodeShard(readFileSync(path))
    rmSync(path)
    symlinkSync(short, path)
    expect((await userErrorOf(() => new CodeReader(cache.catalog, cache.record).read([hashOf(0)]))).message).toBe(
      `Expected a whole shard at ${path}, found that it ends ${12 - Math.max(0, readFileSync(short).length - codesAt)} bytes too early. ${adviceOf(cache)}`,
    )
    cache.catalog.close()
  })

  it('gives the right code or an error whichever bit of the columns is flipped', async () => {
    const cache = await cacheOf()
    const [path = ''] = shardPaths(cache)
    const whole = readFileSync(path)
    const expected = [0, 1, 2].flatMap((n) => [...codeOf(n)])
    const last = new Uint16Array(6)
    toFloat16Plain(codeOf(2), last)
    const [from, to] = [whole.indexOf(Buffer.from(hashOf(0), 'hex')), whole.indexOf(Buffer.from(last.buffer)) + 12]
    for (let at = from; at < to; at++) {
      const bytes = Buffer.from(whole)
      bytes.writeUInt8(whole.readUInt8(at) ^ (1 << (at % 8)), at)
      writeFileSync(path, bytes)
      try {
        expect([...new CodeReader(cache.catalog, cache.record).read([0, 1, 2].map(hashOf))]).toEqual(expected)
      } catch (error) {
        expect(error, `byte ${at}`).toMatchObject({ name: 'UserError' })
      }
    }
    cache.catalog.close()
  })
})
