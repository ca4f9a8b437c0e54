import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scanFolder } from '../../src/images/scan-folder.js'
import { put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

function folderWith(...paths: readonly string[]): string {
  const folder = tempFolder()
  for (const path of paths) put(folder, path, 'x')
  return folder
}

const found = (folder: string, cache?: string) => scanFolder(folder, cache).files.map(({ path, label, part }) => [path, label, part])

describe('scanFolder', () => {
  it('refuses train and test beside other folders, which would make classes of them', async () => {
    const folder = folderWith('train/a/1.png', 'test/a/2.png', 'notes/x.txt')
    const { message } = await userErrorOf(() => scanFolder(folder))
    expect(message).toBe(
      `Expected either a folder per class in ${folder}, or train, valid and test alone, found "notes" beside them. Move the others elsewhere.`,
    )
  })

  it('takes a class per folder, folders inside them too, in the order of paths; hidden files and litter are passed over', () => {
    const folder = folderWith('b/2.png', 'b/deep/1.png', 'a/1.png', '.git/x', 'a/.hidden', 'a/Thumbs.db')
    expect(found(folder)).toEqual([
      ['a/1.png', 'a', undefined],
      ['b/2.png', 'b', undefined],
      ['b/deep/1.png', 'b', undefined],
    ])
  })

  it.each(['valid', 'validation', 'val'])('takes train, %s and test as parts', (valid) => {
    const folder = folderWith('train/a/1.png', `${valid}/a/2.png`, 'test/a/3.png')
    expect(found(folder).map(([, label, part]) => [label, part])).toEqual(
      expect.arrayContaining([
        ['a', 'train'],
        ['a', 'validation'],
        ['a', 'test'],
      ]),
    )
  })

  it('lists images without a class where no class folder holds a file; what is named otherwise lies beside them', () => {
    const folder = folderWith('2.JPG', '1.png', 'labels.csv', '.hidden.png')
    mkdirSync(join(folder, 'empty'))
    expect(found(folder)).toEqual([
      ['1.png', '', undefined],
      ['2.JPG', '', undefined],
    ])
    expect(found(folderWith('train/1.png', 'test/2.png', 'test/notes.txt'))).toEqual([
      ['test/2.png', '', 'test'],
      ['train/1.png', '', 'train'],
    ])
  })

  it('passes over images beside class folders', () => {
    expect(found(folderWith('stray.png', 'a/1.png'))).toEqual([['a/1.png', 'a', undefined]])
  })

  it('passes over the cache where it lies inside', () => {
    const folder = folderWith('a/1.png', 'cache/codes-v1/catalog.sqlite')
    mkdirSync(join(folder, 'b'))
    expect(found(folder, join(folder, 'cache'))).toEqual([['a/1.png', 'a', undefined]])
  })
})
