import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { OutputFile } from '../../src/base/output-file.js'
import { temporaryName } from '../../src/base/temporary-name.js'
import { tempFolder } from '../helpers/temp-folder.js'

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

it('writes pieces into a folder that it makes, and names the file when it is whole', async () => {
  const path = join(tempFolder(), 'new/folder/file.txt')
  const file = await OutputFile.open(path)
  await file.write('né')
  await file.write(Buffer.from(['w'.charCodeAt(0)]))
  expect(existsSync(path)).toBe(false)
  expect(await file.finish()).toEqual({ name: 'file.txt', bytes: 4, sha256: digestOf('néw') })
  expect(existsSync(path)).toBe(false)
  await file.publish({ replace: false })
  await file.discard()
  expect([readFileSync(path, 'utf8'), readdirSync(join(path, '..'))]).toEqual(['néw', ['file.txt']])
})

it('leaves nothing of a file that was given up', async () => {
  const folder = tempFolder()
  const file = await OutputFile.open(join(folder, 'file'))
  await file.write('half')
  await file.discard()
  await file.discard()
  expect(readdirSync(folder)).toEqual([])
})

it('replaces a file only when asked to', async () => {
  const [folder, path] = [tempFolder(), 'file']
  writeFileSync(join(folder, path), 'old')
  for (const replace of [false, true]) {
    const file = await OutputFile.open(join(folder, path))
    await file.write('new')
    await file.finish()
    const published = file.publish({ replace })
    if (replace) await published
    else await expect(published).rejects.toMatchObject({ code: 'EEXIST' })
    await file.discard()
    expect([readFileSync(join(folder, path), 'utf8'), readdirSync(folder)]).toEqual([replace ? 'new' : 'old', [path]])
  }
})

it('clears what a killed writer left in the folder', async () => {
  const folder = tempFolder()
  const [prefix, host, , id] = temporaryName().split('~')
  writeFileSync(join(folder, [prefix, host, 2 ** 22 + 1, id].join('~')), 'half')
  await (await OutputFile.open(join(folder, 'file'))).discard()
  expect(readdirSync(folder)).toEqual([])
})
