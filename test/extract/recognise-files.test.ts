import { renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import type { FileRecord } from '../../src/cache/file-table.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { recognise } from '../../src/extract/recognise-files.js'
import { fileStamp } from '../../src/images/file-stamp.js'
import { scanFolder } from '../../src/images/scan-folder.js'
import { hashOf } from '../helpers/code-identity.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

/** Long enough after any change of a test's files that their times are to be trusted. */
const later = () => Date.now() + 10_000

describe('recognise', () => {
  const root = tempFolder()
  const path = 'a/1.jpg'
  put(root, path, 'content')
  const now = fileStamp(join(root, path))
  const known: FileRecord = { path, label: 'a', part: undefined, stamp: now?.stamp, hashed: later(), image: hashOf('content') }
  const unread = { path, label: 'a', part: undefined, stamp: undefined, hashed: undefined, image: undefined }
  const found = (record: FileRecord) => recognise(scanFolder(root), [record])

  it('knows a file whose size, times and inode are those of before', () => expect(found(known)).toEqual([known]))

  it.each<[string, Partial<FileRecord>]>([
    ['was never read', { image: undefined }],
    ['has another stamp', { stamp: `${now?.stamp}1` }],
    ['had no stamp', { stamp: undefined }],
    ['was hashed so soon after its last change that another one may have followed', { hashed: (now?.changed ?? 0) + 1900 }],
    ['has another name', { path: 'a/2.jpg' }],
  ])('does not know a file that %s', (_, change) => expect(found({ ...known, ...change })).toEqual([unread]))

  it('takes label and part from the folder as it is now', () => {
    expect(found({ ...known, label: 'old', part: 'test' })).toEqual([known])
  })

  it.each<[string, (file: string) => void]>([
    [
      'written with the old times put back',
      (file) => {
        const { atime, mtime } = statSync(file)
        writeFileSync(file, 'CONTENT')
        utimesSync(file, atime, mtime)
      },
    ],
    [
      'replaced by another',
      (file) => {
        writeFileSync(`${file}.new`, 'CONTENT')
        renameSync(`${file}.new`, file)
      },
    ],
  ])('notices a file of the same size that was %s', (_, change) => {
    const folder = tempFolder()
    put(folder, path, 'content')
    const stamp = fileStamp(join(folder, path))?.stamp
    change(join(folder, path))
    expect(recognise(scanFolder(folder), [{ ...known, stamp }])).toEqual([unread])
  })
})

it('extractCodes tries a quarantined file again after it was mended, though another network has read it meanwhile', async () => {
  const [data, cache] = [await imageFolder({ a: 1 }), tempFolder()]
  put(data, 'a/bad.png', 'text')
  const run = (model: string) => extractCodes({ data, cache, model, workers: 1 })
  const [first, second] = [modelFile(convolution()), modelFile(convolution({ opsets: new Map([['', 18]]) }))]
  expect(await run(first)).toMatchObject({ quarantined: 1 })
  put(data, 'a/bad.png', await noisePng(9))
  expect(await run(second)).toMatchObject({ computed: 2, quarantined: 0 })
  // As if the files had lain there for a while: they are known without being read.
  const catalog = openCatalog(cache)
  catalog.files.keepFiles(
    1,
    catalog.files.files(1).map((file) => ({ ...file, hashed: later() })),
  )
  catalog.close()
  expect(await run(first)).toMatchObject({ computed: 1, cached: 1, quarantined: 0 })
})
