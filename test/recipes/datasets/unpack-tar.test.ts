import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { unpackTar } from '../../../src/recipes/datasets/unpack-tar.js'
import { type TarEntry, tarGz } from '../../helpers/tar-bytes.js'
import { tempFolder } from '../../helpers/temp-folder.js'

const good: TarEntry = { name: 'root/cat/1.jpg', content: 'a cat' }

function unpack(bytes: Uint8Array, maxBytes = 1e6) {
  const above = tempFolder()
  const files: number[] = []
  const options = { root: 'root', folder: join(above, 'in'), maxBytes, onFile: (count: number) => files.push(count) }
  return { above, files, done: unpackTar(Readable.from([bytes]), options) }
}

test.each<[string, TarEntry, string]>([
  ['a way up', { name: 'root/../../up.jpg' }, 'a file named "root/../../up.jpg", which could lead out of the folder'],
  ['a way up at once', { name: '../up.jpg' }, 'a file named "../up.jpg", which could lead out of the folder'],
  ['an absolute path', { name: '/tmp/up.jpg' }, 'a file named "/tmp/up.jpg", which could lead out of the folder'],
  ['a path of Windows', { name: 'root\\..\\up.jpg' }, 'a file named "root\\\\..\\\\up.jpg", which could lead out of the folder'],
  ['a drive', { name: 'C:/up.jpg' }, 'a file named "C:/up.jpg", which could lead out of the folder'],
  ['another folder', { name: 'other/up.jpg' }, 'a file named "other/up.jpg", where all should be in root/'],
  ['a file in the place of the folder', { name: 'root' }, 'a file named "root", where all should be in root/'],
  ['a symbolic link', { name: 'root/cat/up', type: '2', target: '/etc' }, 'a symlink in it, "root/cat/up"'],
  ['a hard link', { name: 'root/cat/up', type: '1', target: '/etc/passwd' }, 'a link in it, "root/cat/up"'],
  ['a device', { name: 'root/cat/up', type: '3' }, 'a character-device in it, "root/cat/up"'],
])('unpackTar refuses %s and writes nothing outside', async (_, entry, message) => {
  const { above, done } = unpack(tarGz([good, entry]))
  await expect(done).rejects.toThrow(message)
  expect(readdirSync(above)).toEqual(['in'])
  expect(readdirSync(join(above, 'in'))).toEqual(['cat'])
})

test('unpackTar refuses a name that is there twice, and keeps the first', async () => {
  const { above, done } = unpack(tarGz([good, { ...good, content: 'another' }]))
  await expect(done).rejects.toThrow('EEXIST')
  expect(readFileSync(join(above, 'in/cat/1.jpg'), 'utf8')).toBe('a cat')
})

test('unpackTar refuses what unfolds to more than it may, before it is written', async () => {
  const { above, done } = unpack(tarGz([good, { name: 'root/cat/2.jpg', content: new Uint8Array(9000) }]), 9000)
  await expect(done).rejects.toThrow('more than 9000 bytes in it')
  expect(existsSync(join(above, 'in/cat/2.jpg'))).toBe(false)
})

test.each([
  ['within its compressed bytes', (whole: Buffer) => whole.subarray(0, whole.length - 20)],
  ['at its beginning', (whole: Buffer) => whole.subarray(0, 5)],
])('unpackTar refuses an archive that is cut %s', async (_, cut) => {
  const { done } = unpack(cut(tarGz([good])))
  await expect(done).rejects.toThrow('unexpected end of file')
})

test('unpackTar refuses a tar that breaks off inside a file', async () => {
  const { gunzipSync, gzipSync } = await import('node:zlib')
  const plain = gunzipSync(tarGz([good, { name: 'root/cat/2.jpg', content: new Uint8Array(5000) }]))
  const { done } = unpack(gzipSync(plain.subarray(0, 3000)))
  await expect(done).rejects.toThrow('Unexpected end of data')
})

test('unpackTar refuses what is no .tar.gz', async () => {
  await expect(unpack(Buffer.from('no archive at all')).done).rejects.toThrow('incorrect header check')
})

test('unpackTar writes plain files with the permissions of new files, and leaves hidden ones out', async () => {
  const entries: TarEntry[] = [{ name: './root/', type: '5' }, { name: './root/cat/', type: '5' }, good, { name: 'root/cat/._1.jpg' }]
  const { above, files, done } = unpack(tarGz([...entries, { name: 'root/dog/2.jpg', content: 'a dog' }]))
  expect(await done).toBe(2)
  expect(files).toEqual([1, 2])
  expect(readFileSync(join(above, 'in/cat/1.jpg'), 'utf8')).toBe('a cat')
  expect(readdirSync(join(above, 'in/cat'))).toEqual(['1.jpg'])
  expect(statSync(join(above, 'in/dog/2.jpg')).mode & 0o111).toBe(0)
})
