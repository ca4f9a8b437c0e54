import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { findFiles } from '../../src/extract/find-files.js'
import { knownCodes } from '../../src/extract/known-codes.js'
import { scanFolder } from '../../src/images/scan-folder.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { trustStamps } from '../helpers/trust-stamps.js'

const models = [modelFile(convolution())]

/** A coded folder of a/0.png a/1.png b/0.png b/text.png, the last one no image, and its catalog's view of it after a change. */
async function found(change: (data: string) => unknown, exclude?: ReadonlySet<string>) {
  const [data, cache] = [await imageFolder({ a: 2, b: 1 }), tempFolder()]
  put(data, 'b/text.png', 'text')
  const options = { data, cache, models, workers: 1 }
  const { runs: plain } = await extractSeveral({ ...options, layers: ['y'] })
  trustStamps(cache, data)
  const { runs: partial } = await extractSeveral({ ...options, layers: ['conv'], classes: ['b'] })
  trustStamps(cache, data)
  await change(data)
  const [one = '', other = ''] = [...plain, ...partial].map(({ fingerprint }) => fingerprint)
  const catalog = openCatalog(cache)
  try {
    const dataset = catalog.files.addDataset(data)
    const look = (...fingerprints: readonly string[]) => {
      const targets = fingerprints.map((fingerprint) => ({ target: { fingerprint }, known: knownCodes(catalog, { fingerprint, dataset }) }))
      const { files, changes, isSettled } = findFiles(catalog, scanFolder(data), { dataset, targets, exclude })
      return {
        settled: files.flatMap(({ path }, at) => (isSettled[at] ? path : [])),
        known: files.flatMap(({ path, image }) => (image === undefined ? [] : path)),
        vanished: changes.vanished,
        changed: changes.changed.map(({ path }) => path),
        added: changes.added.map(({ path }) => path),
      }
    }
    return { one: look(one), both: look(one, other) }
  } finally {
    catalog.close()
  }
}

const none = { vanished: [], changed: [], added: [] }
const all = ['a/0.png', 'a/1.png', 'b/0.png', 'b/text.png']

describe('findFiles', () => {
  it('settles what is coded or refused in every kind, and tells what is known of the others', async () => {
    const { one, both } = await found(() => undefined)
    expect(one).toEqual({ ...none, settled: all, known: [] })
    expect(both).toEqual({ ...none, settled: all.slice(2), known: all.slice(0, 2) })
  })

  it('tells of all where files are excluded by their content', async () => {
    const { one } = await found(() => undefined, new Set(['none']))
    expect(one).toEqual({ ...none, settled: all, known: all })
  })

  it.each<[string, (data: string) => unknown, object]>([
    ['that is gone', (data) => rmSync(join(data, 'a', '0.png')), { settled: all.slice(1), vanished: ['a/0.png'] }],
    ['that is new', async (data) => put(data, 'a/00.png', await noisePng(7)), { settled: all, added: ['a/00.png'] }],
    [
      'with another content',
      async (data) => put(data, 'b/0.png', await noisePng(8)),
      { settled: all.filter((path) => path !== 'b/0.png'), changed: ['b/0.png'] },
    ],
    [
      'that was refused and is another now',
      (data) => put(data, 'b/text.png', 'TEXT!'),
      { settled: all.slice(0, 3), changed: ['b/text.png'] },
    ],
  ])('knows a file %s', async (_, change, expected) => {
    const { one } = await found(change)
    expect(one).toEqual({ ...none, known: [], ...expected })
  })
})
