import { describe, expect, it } from 'vitest'
import { isReport } from '../../src/distribute/is-report.js'

const shard = {
  digest: 'a'.repeat(64),
  dtype: 'float16',
  bytes: 900,
  codesAt: 640,
  shape: [4],
  rows: [1],
  crcs: Buffer.alloc(4).toString('base64'),
}
const kind = { shards: [shard], refused: [{ at: 0, cause: 'corrupt', reason: 'It is.' }], forward: 0.1, on: { engine: 'onnx' } }
const report = { images: Buffer.alloc(64).toString('base64'), stamps: ['', '1:2:3:4'], hashed: 5, unreadable: [], kinds: [kind] }
const with_ = (changed: object) => ({ ...report, ...changed })
const withShard = (changed: object) => with_({ kinds: [{ ...kind, shards: [{ ...shard, ...changed }] }] })

describe('isReport', () => {
  it('takes a whole report', () => {
    expect(isReport(report, { files: 2, kinds: 1 })).toBe(true)
  })

  it.each([
    ['nothing', undefined],
    ['text', 'report'],
    ['a list', [report]],
    ['too few images', with_({ images: Buffer.alloc(32).toString('base64') })],
    ['images that are no text', with_({ images: 5 })],
    ['too few stamps', with_({ stamps: [''] })],
    ['a stamp that is no text', with_({ stamps: ['', 5] })],
    ['no time', with_({ hashed: 'now' })],
    ['a file that is none of the lease', with_({ unreadable: [{ at: 2, cause: 'x', reason: 'y' }] })],
    ['a negative position', with_({ unreadable: [{ at: -1, cause: 'x', reason: 'y' }] })],
    ['a refusal without reason', with_({ unreadable: [{ at: 1, cause: 'x' }] })],
    ['a kind too many', with_({ kinds: [kind, kind] })],
    ['a kind without what it ran on', with_({ kinds: [{ ...kind, on: undefined }] })],
    ['a digest that is a path', withShard({ digest: `../../${'a'.repeat(58)}` })],
    ['a dtype of another world', withShard({ dtype: 'int4' })],
    ['half a byte', withShard({ bytes: 0.5 })],
    ['codes at no place', withShard({ codesAt: null })],
    ['no shape', withShard({ shape: [] })],
    ['a shape of text', withShard({ shape: ['4'] })],
    ['no rows', withShard({ rows: [], crcs: '' })],
    ['a row that is none of the lease', withShard({ rows: [2] })],
    ['a checksum too few', withShard({ rows: [0, 1] })],
  ])('refuses %s', (_, value) => {
    expect(isReport(value, { files: 2, kinds: 1 })).toBe(false)
  })
})
