import { mkdirSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { listImages } from '../../src/bundle/list-images.js'
import { put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { expectUsageError } from '../helpers/thrown.js'

const folder = tempFolder()
const at = (path: string) => join(folder, path)

beforeAll(() => {
  for (const path of ['b.jpg', 'a/2.png', 'a/1.png', 'a/deep/3.jpg', 'a/.hidden.png', 'a/Thumbs.db', 'a[1].jpg', 'other/9.jpg'])
    put(folder, path, '')
  symlinkSync(at('a'), at('linked'))
  symlinkSync(at('linked'), at('a/circle'))
  mkdirSync(at('empty'))
})

describe('listImages', () => {
  it.each([
    ['files in their order, each once', ['b.jpg', 'a/2.png', 'b.jpg'], ['b.jpg', 'a/2.png']],
    [
      'a folder with all below it',
      ['a'],
      ['a/1.png', 'a/2.png', 'a/circle/1.png', 'a/circle/2.png', 'a/circle/deep/3.jpg', 'a/deep/3.jpg'],
    ],
    ['a pattern', ['*/*.png'], ['a/1.png', 'a/2.png', 'linked/1.png', 'linked/2.png']],
    ['a pattern that folders fit', ['o*r'], ['other/9.jpg']],
    ['a name that looks like a pattern', ['a[1].jpg'], ['a[1].jpg']],
  ])('gives %s', async (_, given, expected) => {
    expect(await listImages(given.map(at))).toEqual(expected.map(at))
  })

  it('keeps relative paths relative', async () => {
    const here = relative(process.cwd(), folder)
    expect(await listImages([`${here}/*.jpg`])).toEqual([`${here}/a[1].jpg`, `${here}/b.jpg`])
  })

  it.each([
    [['gone.jpg'], () => `Expected an image, a folder or a pattern, found nothing at ${at('gone.jpg')}. Check the path.`],
    [
      ['*.gif'],
      () => `Expected files that fit ${at('*.gif')}, found none. Check the pattern; ${at('\\*.gif')} means a file of that very name.`,
    ],
    [['empty'], () => 'Expected images, found none in what was given. Give files, folders or patterns.'],
    [[], () => 'Expected images, found none in what was given. Give files, folders or patterns.'],
  ])('refuses %j', async (given, message) => {
    await expectUsageError(() => listImages(given.map(at)), message())
  })
})
