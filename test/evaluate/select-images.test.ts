import { realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { labelFile } from '../helpers/label-file.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const coded = () => codedDataSet({ counts: { a: 3, b: 2 }, shape: [2] })

/** The labels of the images of a data set under a file of labels, and what was noted. */
async function labelled(lines: readonly string[], options: Parameters<typeof openDataSet>[0] = {}) {
  const { data, cache } = await coded()
  const [file, notes] = [labelFile(lines), [] as string[]]
  const open = () => openDataSet({ data, cache, labels: file, ...options, onNote: (text) => notes.push(text) })
  const read = () => {
    const { catalog, images } = open()
    catalog.close()
    return images.map(({ path, label, labels }) => [path, label, labels])
  }
  return { data, cache, file, notes, open, read }
}

const all = ['a/0.png,x', 'a/1.png,y', 'a/2.png,x', 'b/0.png,y', 'b/1.png,z']

describe('openDataSet with labels from a file', () => {
  it('takes them for those of the folders', async () => {
    const { data, cache, file, notes, read, open } = await labelled(['path,label', ...all])
    expect(read()).toEqual([
      ['a/0.png', 'x', undefined],
      ['a/1.png', 'y', undefined],
      ['a/2.png', 'x', undefined],
      ['b/0.png', 'y', undefined],
      ['b/1.png', 'z', undefined],
    ])
    expect(notes).toEqual([])
    const set = open()
    set.catalog.close()
    expect(set.labels).toBe(file)
    expect(set.name).toBe(`${data.split('/').at(-1)}-labels-net.onnx`) // else heads by folders and by a file would have one name
    const plain = openDataSet({ data, cache })
    plain.catalog.close()
    expect(plain.labels).toBeUndefined()
  })

  it('takes a set as multi-label where one image has several labels, or none', async () => {
    const several = await labelled(['a/0.png,x;y', ...all.slice(1)])
    expect(several.read().slice(0, 2)).toEqual([
      ['a/0.png', 'x;y', ['x', 'y']],
      ['a/1.png', 'y', ['y']],
    ])
    const none = await labelled(['a/0.png,', ...all.slice(1)])
    expect(none.read().slice(0, 2)).toEqual([
      ['a/0.png', '', []],
      ['a/1.png', 'y', ['y']],
    ])
  })

  it('leaves images without a label out, and says so; what is excluded is not told of', async () => {
    const { file, notes, read } = await labelled([all[0] ?? '', all[4] ?? ''], { exclude: new Set(['a/1.png']) })
    expect(read().map(([path]) => path)).toEqual(['a/0.png', 'b/1.png'])
    expect(notes).toEqual([`Left out, ${file} has no label for 2 of 4 images: "a/2.png", "b/0.png".`])
  })

  it('takes absolute paths by a linked data folder, the same row twice, and other ways to write a path', async () => {
    const { data, cache } = await coded()
    const link = join(tempFolder(), 'link')
    symlinkSync(data, link)
    const labels = labelFile([
      `${link}/a/0.png,x`,
      `${realpathSync(data)}/a/1.png,y`,
      './a/2.png,x',
      'a/2.png,x',
      'b\\0.png,y',
      'b/1.png,z',
    ])
    const { catalog, images } = openDataSet({ data: link, cache, labels })
    catalog.close()
    expect(images.map(({ label }) => label)).toEqual(['x', 'y', 'x', 'y', 'z'])
  })

  it.each([
    [{ classes: ['x', 'y'] }, ['a/0.png', 'a/1.png', 'a/2.png', 'b/0.png']],
    [{ excludeClasses: ['y'] }, ['a/0.png', 'a/2.png', 'b/1.png']],
  ])('of one label each takes only images that %j selects', async (options, paths) => {
    const { read } = await labelled(all, options)
    expect(read().map(([path]) => path)).toEqual(paths)
  })

  it.each([
    [{ classes: ['x'] }],
    [{ excludeClasses: ['y', 'z'] }],
  ])('of several takes labels off that %j does not select, and no image', async (options) => {
    const { read } = await labelled(['a/0.png,x;y', ...all.slice(1)], options)
    expect(read().map(([, , labels]) => labels)).toEqual([['x'], [], ['x'], [], []])
  })

  it('refuses a class that no row has', async () => {
    const { read } = await labelled(all, { classes: ['a'] })
    expect((await userErrorOf(read)).message).toBe('Expected --classes to be among the classes x, y, z, got "a".')
  })

  it('refuses labels of images that are not there, and guesses what is meant', async () => {
    const { data, file, read } = await labelled([...all, 'A/0.PNG,x', 'c/7.png,y', '8.png,y', '9.png,y'])
    expect((await userErrorOf(read)).message).toBe(
      `Expected an image of ${data} for every label, found none for 4 of the 9 rows of ${file}: "A/0.PNG", "c/7.png", "8.png", …. Is "A/0.PNG" the file "a/0.png"? Correct the paths (they are read from the data folder on), run codes where images are new, or go on without them with --allow-missing.`,
    )
  })

  it('passes over them with --allow-missing', async () => {
    const { file, notes, read } = await labelled([...all, 'gone.png,x'], { allowMissing: true })
    expect(read()).toHaveLength(5)
    expect(notes).toEqual([`Passed over, no image has these paths: 1 of the 6 rows of ${file}: "gone.png".`])
  })

  it('refuses --allow-missing without a file of labels', async () => {
    const { read } = await labelled(all, { labels: undefined, allowMissing: true })
    expect((await userErrorOf(read)).message).toBe('Expected --allow-missing to be given with --labels, got true.')
  })

  it('refuses a file that labels no image at all, even so', async () => {
    const { data, file, read } = await labelled(['gone.png,x', 'gone too.png,y'], { allowMissing: true })
    expect((await userErrorOf(read)).message).toBe(
      `Expected an image of ${data} for every label, found none for 2 of the 2 rows of ${file}: "gone.png", "gone too.png". Correct the paths (they are read from the data folder on) or run codes where images are new.`,
    )
  })

  it('refuses two labels of one image in two rows', async () => {
    const { file, read } = await labelled(['./a/0.png,x', 'a/0.png,y'])
    expect((await userErrorOf(read)).message).toBe(
      `Expected one row for each image in ${file}, found "a/0.png" labelled "x" in line 1 and "y" in line 2. Remove one of them; several labels stand in one row: path,cat;pet.`,
    )
  })
})
