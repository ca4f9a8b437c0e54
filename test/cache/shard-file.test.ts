import { tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/cache/fingerprint.js'
import { checksums, decodeShard, type ShardContent } from '../../src/cache/shard-file.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { shardBytes } from '../helpers/shard-bytes.js'

const images = Buffer.from(['cat', 'dog', 'cow'].map(hashOf).join(''), 'hex')
const views = Uint16Array.of(0, 0, 7)
const shape = [2, 1, 2]
/** −2, 65504, the smallest subnormal, NaN's bits, … */
const halves = Uint16Array.of(0xc000, 0x7bff, 0x0001, 0x7e00, 1, 2, 3, 4, 5, 6, 7, 8)
const singles = Float32Array.of(-2, 1e30, 1e-45, 0.1, 1, 2, 3, 4, 5, 6, 7, 8)
const float16: ShardContent = { identity, shape, dtype: 'float16', images, views, codes: halves }
const float32: ShardContent = { ...float16, dtype: 'float32', codes: singles }

describe('encodeShard and decodeShard', () => {
  it.each([float16, float32])('keep every column and the metadata: $dtype', async (content) => {
    const view = decodeShard(await shardBytes(content))
    expect(view).toMatchObject({ rows: 3, length: 4, shape, dtype: content.dtype })
    expect(view.views).toEqual(views)
    expect(view.metadata).toEqual({ fingerprint: canonicalJson({ ...identity }), shape })
    expect(Buffer.from(view.images)).toEqual(images)
    expect(view.codes).toEqual(content.codes)
    expect(view.crcs).toEqual(checksums(content.codes, 3))
  })

  it('write the columns that the design names, none of them nullable', async () => {
    const { schema, batches } = tableFromIPC(await shardBytes(float16))
    expect(schema.fields.map(({ name, type, nullable }) => `${name}: ${type}${nullable ? '?' : ''}`)).toEqual([
      'image: FixedSizeBinary[32]',
      'view: Uint16',
      'crc: Uint32',
      'code: FixedSizeList[4]<Float16>',
    ])
    expect(batches.length).toBe(1)
  })

  it.each([1, 2, 3, 4, 5, 8])('keep %i rows of an odd length, whatever Arrow fills up', async (rows) => {
    const content = {
      ...float16,
      shape: [3],
      images: Buffer.alloc(32 * rows, 7),
      views: new Uint16Array(rows).fill(9),
      codes: new Uint16Array(3 * rows).fill(5),
    }
    const view = decodeShard(await shardBytes(content))
    expect([view.rows, view.images.length, view.views.length, view.crcs.length, view.codes.length]).toEqual([
      rows,
      32 * rows,
      rows,
      rows,
      3 * rows,
    ])
  })

  it('give equal contents equal bytes', async () => {
    const bytes = await shardBytes(float16)
    expect(await shardBytes({ ...float16, codes: halves.slice() })).toEqual(bytes)
    expect(await shardBytes({ ...float16, codes: halves.with(0, 0) })).not.toEqual(bytes)
  })

  it('read shards that do not begin at the start of their memory', async () => {
    const bytes = await shardBytes(float32)
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    expect(decodeShard(shifted.subarray(3)).codes).toEqual(singles)
  })

  it.each([
    ['another table', async () => tableToIPC(tableFromArrays({ a: [1] }), 'file')],
    ['text', async () => Buffer.from('no shard')],
    ['nothing', async () => Buffer.alloc(0)],
    ['half of a shard', async () => (await shardBytes(float16)).subarray(0, 400)],
  ])('refuse %s', async (_, make) => {
    const bytes = await make()
    expect(() => decodeShard(bytes)).toThrow(/./)
  })

  it("refuse a shard whose metadata's shape does not fit its codes", async () => {
    const bytes = await shardBytes({ ...float16, shape: [3] })
    expect(() => decodeShard(bytes)).toThrow('Expected codes of 3 numbers, found 4')
  })
})

describe('checksums', () => {
  it("are zlib's CRC-32 of each row's little-endian bytes", () => {
    // of "12345678" it is 9ae0daaf (Python: zlib.crc32).
    expect([...checksums(new Uint16Array(Uint8Array.from(Buffer.from('12345678'.repeat(2))).buffer), 2)]).toEqual([0x9ae0daaf, 0x9ae0daaf])
    expect([...checksums(Float32Array.of(0, 1), 2)]).toEqual([0x2144df1c, 0xaca16a6a])
    expect(checksums(new Uint16Array(), 0)).toEqual(new Uint32Array())
  })
})
