import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSafetensors, readSafetensors } from '../../src/weights/read-safetensors.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

/** A file of this header and so many bytes of tensors. */
function fileOf(header: unknown, data: Uint8Array | number = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, typeof data === 'number' ? Buffer.alloc(data) : data])
}

const tensor = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') => ({ dtype, shape, data_offsets: offsets })
const claimed = (length: bigint) => Buffer.from(new BigUint64Array([length, 0n]).buffer)

test('readSafetensors names a file that is not there', async () => {
  const { message } = await userErrorOf(() => readSafetensors('no/such.safetensors'))
  expect(message).toMatch(/^Expected a \.safetensors file at no\/such\.safetensors, but it cannot be read: ENOENT/)
})

test.each([
  ['no header', new Uint8Array(7), 'a file of 7 bytes, too short for a header'],
  ['a header beyond the file', claimed(9n), 'a header said to be 9 bytes long in a file of 16'],
  ['a header of 2^64 bytes', claimed(2n ** 64n - 1n), 'a header said to be 18446744073709551615 bytes long in a file of 16'],
  ['a header that is no JSON', fileOf('{"a":'), 'a header that is no JSON object'],
  ['a header that is a list', fileOf([]), 'a header that is no JSON object'],
  ['an entry that is none', fileOf({ a: null }), 'tensor "a" of type undefined, not one of F64'],
  ['an unknown type', fileOf({ a: tensor([1], [0, 4], 'F8') }, 4), 'tensor "a" of type "F8", not one of F64'],
  ['a shape that is none', fileOf({ a: tensor('2', [0, 8]) }, 8), 'tensor "a" of shape "2"'],
  ['a negative dimension', fileOf({ a: tensor([-1, -2], [0, 8]) }, 8), 'tensor "a" of shape [-1,-2]'],
  ['a fraction', fileOf({ a: tensor([0.5, 4], [0, 8]) }, 8), 'tensor "a" of shape [0.5,4]'],
  ['a shape beyond exact integers', fileOf({ a: tensor([2 ** 30, 2 ** 30], [0, 8]) }, 8), 'tensor "a" of shape [1073741824,1073741824]'],
  ['offsets that are none', fileOf({ a: tensor([2], [0]) }, 8), 'tensor "a" at offsets [0]'],
  ['a negative offset', fileOf({ a: tensor([2], [-8, 0]) }, 8), 'tensor "a" at offsets [-8,0]'],
  ['offsets that run backwards', fileOf({ a: tensor([2], [8, 0]) }, 8), 'tensor "a" of -8 bytes where F32 of shape [2] takes 8'],
  ['another length than the shape', fileOf({ a: tensor([3], [0, 8]) }, 8), 'tensor "a" of 8 bytes where F32 of shape [3] takes 12'],
  ['a tensor beyond the end', fileOf({ a: tensor([3], [0, 12]) }, 8), 'tensor "a" at bytes 0 to 12 of 8'],
  [
    'tensors that overlap',
    fileOf({ a: tensor([2], [0, 8]), b: tensor([2], [4, 12]) }, 12),
    'tensor "b" at byte 4, inside another, where byte 8',
  ],
  ['a gap', fileOf({ a: tensor([1], [4, 8]) }, 8), 'tensor "a" at byte 4, after a gap, where byte 0 is next'],
  ['bytes left over', fileOf({ a: tensor([1], [0, 4]) }, 8), '8 bytes of tensors where its header speaks of 4'],
])('parseSafetensors refuses %s', async (_, bytes, found) => {
  const { message } = await userErrorOf(() => parseSafetensors(bytes, 'w.safetensors'))
  expect(message).toContain(`Expected w.safetensors to be a .safetensors file, found ${found}`)
})

test('readSafetensors reads every precision, whatever the order in the header', async () => {
  const path = join(tempFolder(), 'w.safetensors')
  const parts = [
    new Float64Array([0.1]),
    new Float32Array([1, -2, 3, 4, 5, 6]),
    new Uint16Array([0x3c00, 0xc000, 0x0001]), // 1, −2, 2⁻²⁴
    new Uint16Array([0x3fc0]), // 1.5
    new BigInt64Array([-7n]),
  ]
  const data = Buffer.concat(parts.map(({ buffer }) => new Uint8Array(buffer)))
  const header = {
    count: tensor([], [40, 48], 'I64'),
    none: tensor([0, 3], [48, 48]),
    half: tensor([3], [32, 38], 'F16'),
    brain: tensor([1], [38, 40], 'BF16'),
    single: tensor([2, 3], [8, 32]),
    double: tensor([1], [0, 8], 'F64'),
    __metadata__: { format: 'pt' },
  }
  writeFileSync(path, fileOf(header, data))
  const read = await readSafetensors(path)
  expect([...read.values()].map(({ name, shape, data }) => [name, shape, ...data])).toEqual([
    ['count', [], -7],
    ['none', [0, 3]],
    ['half', [3], 1, -2, 2 ** -24],
    ['brain', [1], 1.5],
    ['single', [2, 3], 1, -2, 3, 4, 5, 6],
    ['double', [1], Math.fround(0.1)],
  ])
})
