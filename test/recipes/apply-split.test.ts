import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type DataSet, openDataSet } from '../../src/evaluate/data-set.js'
import { splitDataSet } from '../../src/evaluate/split-data-set.js'
import { applySplit } from '../../src/recipes/apply-split.js'
import type { SplitRule } from '../../src/recipes/published/recipe.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { tempFolder } from '../helpers/temp-folder.js'

const own = { generated: false }
const opened: DataSet[] = []
afterAll(() => {
  for (const { catalog } of opened) catalog.close()
})

/** Images ant/0.png … ant/11.png and bee/0.png … bee/11.png in a folder `images` of its own. */
async function images(options: Partial<Parameters<typeof codedDataSet>[0]> = {}) {
  const above = tempFolder()
  const into = { data: join(above, 'images'), cache: tempFolder() }
  mkdirSync(into.data)
  const data = openDataSet(await codedDataSet({ counts: { ant: 12, bee: 12 }, shape: [4], into, ...options }))
  opened.push(data)
  return { above, data }
}

function pathsIn(part: string, { images }: DataSet): string[] {
  return images.filter((image) => image.part === part).map(({ path }) => path)
}

test('applySplit leaves shares to the split', async () => {
  const { data } = await images()
  const rule: SplitRule = { by: 'share', train: '0.8', validation: '0.2' }
  expect(applySplit(data, rule, own)).toEqual({ data, split: '0.8', validation: '0.2', deviation: undefined })
})

test('applySplit takes the first images of each class by name to test', async () => {
  const { data } = await images()
  const { data: divided, validation } = applySplit(data, { by: 'first', test: 3, validation: '0.2' }, own)
  expect(pathsIn('test', divided)).toEqual(['ant/0.png', 'ant/1.png', 'ant/10.png', 'bee/0.png', 'bee/1.png', 'bee/10.png'])
  const parts = splitDataSet(divided, { validation })
  expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([16, 2, 6])
})

const lists: SplitRule = { by: 'lists', folder: 'meta', validation: '0.15' }

test('applySplit takes the lists of the data set', async () => {
  const { above, data } = await images()
  mkdirSync(join(above, 'meta'))
  const names = data.images.map(({ path }) => path.slice(0, -4))
  const toTest = names.filter((name) => /[5-8]$/.test(name))
  writeFileSync(join(above, 'meta/test.txt'), `${toTest.join('\n')}\n`)
  writeFileSync(join(above, 'meta/train.txt'), names.filter((name) => !toTest.includes(name)).join('\r\n'))
  const { data: divided, deviation } = applySplit(data, lists, own)
  expect(pathsIn('test', divided)).toEqual(toTest.map((name) => `${name}.png`))
  expect(pathsIn('train', divided)).toHaveLength(16)
  expect(deviation).toBeUndefined()
})

test.each([
  ['are missing', undefined],
  ['lack an image', 'ant/0'],
])('applySplit says where the lists %s', async (_, line) => {
  const { above, data } = await images()
  mkdirSync(join(above, 'meta'))
  for (const name of line === undefined ? [] : ['train', 'test']) writeFileSync(join(above, `meta/${name}.txt`), line ?? '')
  expect(applySplit(data, lists, own)).toEqual({
    ...{ data, split: '0.7', validation: '0.15' },
    deviation: `70 % of each class are to train: the data set's own lists train.txt and test.txt are not in ${join(above, 'meta')}, or name other images.`,
  })
})

test('applySplit keeps folders that are divided, and divides generated images by shares', async () => {
  const divided = await images({ part: (index) => (index < 4 ? 'test' : 'train') })
  expect(applySplit(divided.data, { by: 'first', test: 1, validation: '0.2' }, own).data).toBe(divided.data)
  const { data } = await images()
  const { deviation, ...rest } = applySplit(data, { by: 'first', test: 50, validation: '0.2' }, { generated: true })
  expect(rest).toEqual({ data, split: '0.7', validation: '0.2' })
  expect(deviation).toBe('70 % of each generated class are to train.')
})
