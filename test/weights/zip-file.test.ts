import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { readZip } from '../../src/weights/zip-file.js'

const everything = () => true

/** Writes another size for every member into the central directory of an archive. */
function claimSize(zip: Uint8Array, size: number): Uint8Array {
  const copy = Uint8Array.from(zip)
  const view = new DataView(copy.buffer)
  for (let at = 0; at + 4 < copy.length; at++) if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true)
  return copy
}

test.each([
  ['nothing', new Uint8Array()],
  ['text', strToU8('not this')],
  ['the first half of an archive', zipSync({ a: new Uint8Array(1000) }, { level: 0 }).subarray(0, 500)],
])('readZip refuses %s', (_, bytes) => {
  expect(() => readZip(bytes, everything)).toThrow('no zip archive, or one that breaks off')
})

test('readZip refuses an archive that would unfold to more than weights ever do', () => {
  const zip = claimSize(zipSync({ a: new Uint8Array(1000) }), 100 * 2 ** 20)
  expect(() => readZip(zip, everything)).toThrow(/unfold to more than weights ever do \("a": 104857600 bytes\)/)
})

test('readZip counts all members together', () => {
  const zip = claimSize(zipSync({ a: new Uint8Array(1000), b: new Uint8Array(1000) }), 40 * 2 ** 20)
  expect(() => readZip(zip, (name) => name === 'b')).toThrow('where the archive speaks of 41943040')
  expect(() => readZip(zip, everything)).toThrow('unfold to more than weights ever do ("b"')
})

test.each([
  ['more', 1001],
  ['4 GiB', 2 ** 32 - 2],
])('readZip refuses a member that claims to be longer than it is: %s', (_, size) => {
  const zip = claimSize(zipSync({ a: new Uint8Array(1000) }), size)
  expect(() => readZip(zip, everything)).toThrow(/where the archive speaks of 1001|unfold to more/)
})

test('readZip never unfolds beyond what a member claims', () => {
  const zip = claimSize(zipSync({ a: new Uint8Array(1_000_000) }), 10)
  expect(readZip(zip, everything).get('a')?.length).toBe(10)
})

test('readZip unfolds the members asked for and no others', () => {
  const zip = zipSync({ a: strToU8('one'), other: strToU8('three'), 'b/c': [strToU8('two'), { level: 0 }] })
  expect([...readZip(zip, (name) => name !== 'other')]).toEqual([
    ['a', strToU8('one')],
    ['b/c', strToU8('two')],
  ])
})
