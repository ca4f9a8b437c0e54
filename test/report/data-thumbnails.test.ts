import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dataThumbnails } from '../../src/report/run/data-thumbnails.js'
import { tempFolder } from '../helpers/temp-folder.js'

const image = join(import.meta.dirname, '../fixtures/images/airplane.jpg')

it('shows images of the data folder, and follows no path out of it', async () => {
  const folder = tempFolder()
  const data = join(folder, 'data')
  mkdirSync(join(folder, 'data-of-others'))
  mkdirSync(data)
  for (const name of ['data/a.jpg', 'outside.jpg', 'data-of-others/b.jpg']) copyFileSync(image, join(folder, name))
  const paths = ['a.jpg', '../outside.jpg', join(folder, 'outside.jpg'), '../data-of-others/b.jpg', 'gone.jpg']
  const imageOf = await dataThumbnails(data, paths)
  const outside = { kind: 'missing', reason: 'Not in the data folder.' }
  expect(paths.map((path) => imageOf(path).thumbnail)).toEqual([
    expect.objectContaining({ kind: 'image', width: 96 }),
    outside,
    outside,
    outside,
    { kind: 'missing', reason: 'The file is gone.' },
  ])
})
