import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const coded = () => codedDataSet({ counts: { a: 3, b: 2 }, shape: [2] })

describe('openDataSet', () => {
  it('names the codes command where the data was never coded', async () => {
    const [data, cache] = [tempFolder(), tempFolder()]
    const error = await userErrorOf(() => openDataSet({ data, cache }))
    expect(error.message).toBe(
      `Expected codes for the images of ${data}, found none in ${cache}. Make them with: npm run codes -- --data ${data} --cache ${cache}`,
    )
    expect(error.exitCode).toBe(1)
  })

  it('names the model that has no completed run', async () => {
    const { data, cache } = await coded()
    const error = await userErrorOf(() => openDataSet({ data, cache, model: 'other' }))
    expect(error.message).toBe(
      `Expected codes of other for the images of ${data}, found none in ${cache} but those of net.onnx, layer y, size 8, float32, squish. Make them with: npm run codes -- --data ${data} --cache ${cache} --model other`,
    )
  })

  it('counts images that were added after their codes', async () => {
    const { data, cache } = await coded()
    const catalog = openCatalog(cache)
    const dataset = catalog.files.findDataset(data) ?? 0
    catalog.files.keepFiles(dataset, [
      { path: 'a/new.png', label: 'a', part: undefined, stamp: undefined, hashed: undefined, image: undefined },
    ])
    catalog.close()
    const error = await userErrorOf(() => openDataSet({ data, cache }))
    expect(error.message).toBe(
      `Expected codes for the images of ${data}, found that 1 of 6 are missing. Make them with: npm run codes -- --data ${data} --cache ${cache} --model net.onnx --layer y --size 8`,
    )
  })

  it('names the codes that other data has, since images may have been moved, of the kind that is asked for', async () => {
    const { data: old, cache } = await coded()
    const data = tempFolder()
    const make = `Make them with: npm run codes -- --data ${data} --cache ${cache}`
    expect((await userErrorOf(() => openDataSet({ data, cache, size: 8 }))).message).toBe(
      `Expected codes for the images of ${data}, found those of ${old} only in ${cache} (if the images were moved, nothing is computed again). ${make} --model net.onnx --layer y --size 8`,
    )
    expect((await userErrorOf(() => openDataSet({ data, cache, size: 9 }))).message).toBe(
      `Expected codes for the images of ${data}, found none in ${cache}. ${make} --size 9`,
    )
    const catalog = openCatalog(cache)
    for (const root of ['/b', '/c', '/d']) catalog.files.addDataset(root)
    catalog.close()
    expect((await userErrorOf(() => openDataSet({ data, cache }))).message).toContain(`found those of ${old}, /b, /c, … only in `)
  })

  it('gives the last run, without quarantined files, though the folder is gone', async () => {
    const { data, cache, files, fingerprint } = await coded()
    const catalog = openCatalog(cache)
    const dataset = catalog.files.findDataset(data) ?? 0
    catalog.files.replaceQuarantine(dataset, fingerprint.digest, [{ path: 'b/1.png', cause: 'decode', reason: 'Bad.', stamp: undefined }])
    catalog.close()
    rmSync(data, { recursive: true })
    const opened = openDataSet({ data, cache })
    opened.catalog.close()
    expect(opened).toMatchObject({ model: 'net.onnx', layer: 'y', root: data })
    expect(opened.images.map(({ path }) => path)).toEqual(files.map(({ path }) => path).filter((path) => path !== 'b/1.png'))
  })

  it.each([
    [{ classes: ['b'] }, ['b/0.png', 'b/1.png']],
    [{ excludeClasses: ['a'] }, ['b/0.png', 'b/1.png']],
    [{ exclude: new Set(['a/0.png', 'a/1.png', 'b/0.png']) }, ['a/2.png', 'b/1.png']],
  ])('takes only what %j selects', async (selection, paths) => {
    const { data, cache } = await coded()
    const opened = openDataSet({ data, cache, ...selection })
    opened.catalog.close()
    expect(opened.images.map(({ path }) => path)).toEqual(paths)
  })
})
