import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { loadFile } from '../../src/extract/load-file.js'
import { hashOf } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

it.each<[string, (path: string) => void, object]>([
  ['a missing file', () => undefined, { code: 'unreadable', message: 'It is gone.' }],
  [
    'a link to nothing',
    (path) => symlinkSync('../y.jpg', path),
    { code: 'unreadable', message: 'It is a link to ../y.jpg, where nothing is.' },
  ],
  ['a link to itself', (path) => symlinkSync('x.jpg', path), { code: 'unreadable', message: 'It is a link that leads in a circle.' }],
  [
    'a folder',
    (path) => mkdirSync(path),
    { code: 'unreadable', message: 'It is a folder named like an image file. Rename it to have the images in it, or take it away.' },
  ],
  ['a pipe', (path) => execFileSync('mkfifo', [path]), { code: 'unreadable', message: 'It is not a file but a pipe or a device.' }],
  [
    'a file beyond 512 MiB',
    (path) => {
      writeFileSync(path, '')
      truncateSync(path, 2 ** 29 + 1)
    },
    { code: 'too-large', message: 'It has 536870913 bytes; files over 536870912 are not read.' },
  ],
])('loadFile refuses %s', async (_, make, expected) => {
  const path = join(tempFolder(), 'x.jpg')
  make(path)
  expect(await loadFile(path).catch((caught: unknown) => caught)).toMatchObject({ name: 'BadImage', ...expected })
})

it.each<[string, (path: string) => void]>([
  ['grows', (path) => appendFileSync(path, 'x')],
  ['shrinks', (path) => truncateSync(path, statSync(path).size - 1)],
])('loadFile refuses a file that %s while it is read', async (_, change) => {
  const path = join(tempFolder(), 'x.jpg')
  writeFileSync(path, Buffer.alloc(2 ** 24))
  let reading = true
  const loaded = loadFile(path).finally(() => {
    reading = false
  })
  const error = loaded.catch((caught: unknown) => caught)
  while (reading) {
    change(path)
    await setImmediate()
  }
  expect(await error).toMatchObject({ name: 'BadImage', code: 'changing', message: 'It changed while it was read.' })
})

it('loadFile gives the bytes, their sha256 and the stamp', async () => {
  const path = join(tempFolder(), 'x.jpg')
  writeFileSync(path, 'content')
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true })
  const { bytes, image, stamp } = await loadFile(path)
  expect(Buffer.from(bytes).toString()).toBe('content')
  expect([image, stamp]).toEqual([hashOf('content'), `${size}:${mtimeNs}:${ctimeNs}:${ino}`])
})
