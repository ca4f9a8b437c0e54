import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadFile } from '../../src/extract/load-file.js'
import { hashOf } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

it.each<[string, (path: string) => void, object]>([
  ['a missing file', () => undefined, { code: 'unreadable', message: /^It cannot be read: ENOENT: / }],
  ['a folder', (path) => mkdirSync(path), { code: 'unreadable', message: 'It is not a file.' }],
  [
    'a file beyond 512 MiB',
    (path) => {
      writeFileSync(path, '')
      truncateSync(path, 2 ** 29 + 1)
    },
    { code: 'too-large', message: 'It has 536870913 bytes; files over 536870912 are not read.' },
  ],
])('loadFile refuses %s', async (_, make, { message, ...rest }: { message?: string | RegExp }) => {
  const path = join(tempFolder(), 'x.jpg')
  make(path)
  const error = await loadFile(path).catch((caught: unknown) => caught)
  expect(error).toMatchObject({ name: 'BadImage', ...rest })
  expect(() => {
    throw error
  }).toThrow(message)
})

it('loadFile gives the bytes, their sha256 and the stamp', async () => {
  const path = join(tempFolder(), 'x.jpg')
  writeFileSync(path, 'content')
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true })
  const { bytes, image, stamp } = await loadFile(path)
  expect(Buffer.from(bytes).toString()).toBe('content')
  expect([image, stamp]).toEqual([hashOf('content'), `${size}:${mtimeNs}:${ctimeNs}:${ino}`])
})
