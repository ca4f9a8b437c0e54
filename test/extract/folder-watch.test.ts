import { appendFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FolderWatch, type Look } from '../../src/extract/folder-watch.js'
import type { ExtractSeveralOptions } from '../../src/extract/options.js'
import { put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

/** Milliseconds that no test waits for: nothing that was just written settles. */
const never = 1e9
const pathsOf = ({ due }: Look) => due?.files.map(({ path }) => path)

/** A folder with files a/1 and b/1, and a watch of it that has dealt with them. */
function watched(options: ExtractSeveralOptions = {}) {
  const data = tempFolder()
  for (const path of ['a/1', 'b/1']) put(data, path, path)
  const folder = new FolderWatch({ ...options, data }, 0)
  folder.firstLook()
  folder.done()
  return { data, folder }
}

/** A file of the same size as those. */
function spare(): string {
  const folder = tempFolder()
  put(folder, 'file', 'new')
  return join(folder, 'file')
}

describe('FolderWatch', () => {
  it.each<[string, (data: string) => void, readonly string[]]>([
    ['a new file', (data) => put(data, 'a/2', 'x'), ['a/1', 'a/2', 'b/1']],
    ['a new class', (data) => put(data, 'c/1', 'x'), ['a/1', 'b/1', 'c/1']],
    ['a folder inside a class', (data) => put(data, 'a/deep/er/1', 'x'), ['a/1', 'a/deep/er/1', 'b/1']],
    ['a file that grew', (data) => appendFileSync(join(data, 'a/1'), 'x'), ['a/1', 'b/1']],
    ['a file replaced by one of the same size', (data) => renameSync(spare(), join(data, 'a/1')), ['a/1', 'b/1']],
    ['a renamed file', (data) => renameSync(join(data, 'a/1'), join(data, 'a/0')), ['a/0', 'b/1']],
    ['a renamed class', (data) => renameSync(join(data, 'a'), join(data, 'c')), ['b/1', 'c/1']],
    ['a deleted file', (data) => rmSync(join(data, 'a/1')), ['b/1']],
    ['a link that leads nowhere', (data) => symlinkSync('nowhere', join(data, 'a/2')), ['a/1', 'a/2', 'b/1']],
  ])('finds %s, once', (_, change, expected) => {
    const { data, folder } = watched()
    expect(folder.look()).toMatchObject({ due: undefined, reason: undefined })
    change(data)
    expect(pathsOf(folder.look())).toEqual(expected)
    expect([pathsOf(folder.look()), folder.pending]).toEqual([expected, true])
    folder.done()
    expect([pathsOf(folder.look()), folder.pending]).toEqual([undefined, false])
  })

  it('finds a link whose file appears', () => {
    const { data, folder } = watched()
    symlinkSync('../later', join(data, 'a/2'))
    folder.look()
    folder.done()
    expect(pathsOf(folder.look())).toBeUndefined()
    put(data, 'later', 'x')
    expect(pathsOf(folder.look())).toEqual(['a/1', 'a/2', 'b/1'])
  })

  it('leaves a file alone that was just written', () => {
    const data = tempFolder()
    put(data, 'a/1', 'x')
    const folder = new FolderWatch({ data }, never)
    expect([pathsOf(folder.firstLook()), folder.pending]).toEqual([undefined, true])
    expect(pathsOf(folder.look())).toBeUndefined()
  })

  it('leaves out a file that is being written when another one is due', async () => {
    const data = tempFolder()
    put(data, 'a/1', 'x')
    const folder = new FolderWatch({ data }, 500)
    let look = folder.firstLook()
    while (look.due === undefined) {
      await new Promise(setImmediate)
      put(data, 'a/2', `${performance.now()}`)
      look = folder.look()
    }
    expect(pathsOf(look)).toEqual(['a/1'])
    folder.done()
    expect(folder.pending).toBe(true)
  })

  it('looks at the files that are asked for', () => {
    const { data, folder } = watched({ classes: ['a'], exclude: new Set(['a/3']) })
    put(data, 'b/2', 'x')
    put(data, 'a/3', 'x')
    expect([pathsOf(folder.look()), folder.pending]).toEqual([undefined, false])
    put(data, 'a/2', 'x')
    expect(pathsOf(folder.look())).toEqual(['a/1', 'a/2', 'a/3', 'b/1', 'b/2'])
  })

  it('says why it waits', async () => {
    const data = tempFolder()
    const folder = new FolderWatch({ data, classes: ['b'] }, 0)
    expect(folder.firstLook()).toMatchObject({
      due: undefined,
      reason: `Expected a folder per class in ${data}, found an empty folder. Put the images of each class into a folder of its own: ${join(data, 'cats', '1.jpg')}.`,
    })
    put(data, 'a/1', 'x')
    expect(folder.look()).toMatchObject({ due: undefined, reason: 'Expected --classes to be among the classes a, got "b".' })
    put(data, 'b/1', 'x')
    expect(folder.look()).toMatchObject({ due: { files: [{ path: 'a/1' }, { path: 'b/1' }] }, reason: undefined })
    folder.done()
    rmSync(data, { recursive: true })
    const gone = `Expected a folder of images at ${data}, found nothing at ${data}. Give the folder that holds a folder per class with --data.`
    expect(folder.look()).toMatchObject({ due: undefined, reason: gone })
    expect((await userErrorOf(() => new FolderWatch({ data }, 0).firstLook())).message).toBe(gone)
  })
})
