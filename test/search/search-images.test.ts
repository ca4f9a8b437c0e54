import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { searchImages } from '../../src/search/search-images.js'
import { cosine } from '../helpers/cosine.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { codesByPath } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const [cache, elsewhere] = [tempFolder(), tempFolder()]
const file = (name: string) => join(elsewhere, name)
const model = modelFile(convolution())
let data = ''

beforeAll(async () => {
  data = await imageFolder({ a: 6, b: 6 })
  put(data, 'b/copy.png', readFileSync(join(data, 'a/2.png')))
  await extractSeveral({ data, cache, models: [model], precisions: ['float32', 'int8'], workers: 1 })
  copyFileSync(join(data, 'a/2.png'), file('known.png'))
  writeFileSync(file('new.png'), await noisePng(77))
  writeFileSync(file('text.jpg'), 'text')
  const whole = readFileSync(join(data, 'a/1.png'))
  writeFileSync(file('cut.png'), whole.subarray(0, whole.length / 2))
}, 60_000)

const search = (queries: readonly string[], options = {}) => searchImages({ data, cache, queries, precision: 'float32', ...options })

describe('searchImages', () => {
  it.each([
    ['gone.png', 'It is gone.'],
    ['', /^It is a folder /],
    ['text.jpg', /^(?!.*undefined).*text/],
    ['cut.png', /^(?!.*undefined).+/],
  ])('refuses %j in a sentence', async (name, reason) => {
    const { message, exitCode } = await userErrorOf(() => search([file('known.png'), file(name)]))
    const [expected, found = ''] = message.split(', found that it cannot be used: ')
    expect([expected, exitCode]).toEqual([`Expected an image to search by at ${file(name)}`, 1])
    expect(found).toMatch(reason)
  })

  it('refuses wrong numbers, and a data set without codes', async () => {
    await expectUsageError(() => search([file('new.png')], { top: 0 }), 'Expected top to be a whole number above 0, got 0.')
    await expectUsageError(() => search([]), 'Expected queries to be one image or more, got "none".')
    const { message } = await userErrorOf(() => search([file('new.png')], { model: 'vgg16' }))
    expect(message).toMatch(/^Expected codes of vgg16 for the images of /)
  })

  it('lists byte-equal images first, at 1, or leaves them out', async () => {
    const { queries, ...facts } = await search([file('known.png')], { top: 13 })
    expect(facts).toMatchObject({ data, model, layer: 'y', pool: 'avg', images: 13 })
    expect(queries).toMatchObject([{ query: file('known.png'), cached: true }])
    const nearest = queries[0]?.nearest ?? []
    expect(nearest.slice(0, 2)).toEqual([
      { path: 'a/2.png', label: 'a', similarity: 1 },
      { path: 'b/copy.png', label: 'b', similarity: 1 },
    ])
    const without = await search([file('known.png')], { top: 13, skipEqual: true })
    expect(without.queries[0]?.nearest).toEqual(nearest.slice(2))
  })

  it.each(['float32', 'int8'] as const)('codes a new image just as the %s codes of the data set were made', async (precision) => {
    const found = await search([file('new.png'), file('known.png')], { precision, pool: 'none', top: 13 })
    expect(found.queries.map(({ cached }) => cached)).toEqual([false, true])
    // The same image as a part of the data set, in another cache.
    const other = tempFolder()
    const both = await imageFolder({ a: 6, b: 6 })
    put(both, 'b/copy.png', readFileSync(join(both, 'a/2.png')))
    const from = { data: both, cache: other, models: [model], precisions: [precision], workers: 1 }
    await extractSeveral(from)
    put(both, 'b/new.png', readFileSync(file('new.png')))
    const { runs } = await extractSeveral(from)
    const codes = codesByPath(other, runs[0]?.fingerprint ?? '', both)
    const own = codes.get('b/new.png') ?? new Float32Array(0)
    expect(own.length).toBeGreaterThan(100)
    const expected = [...codes].filter(([path]) => path !== 'b/new.png').map(([path, code]) => ({ path, similarity: cosine(code, own) }))
    expected.sort((a, b) => b.similarity - a.similarity || (a.path < b.path ? -1 : 1))
    const nearest = found.queries[0]?.nearest ?? []
    expect(nearest.map(({ path }) => path)).toEqual(expected.map(({ path }) => path))
    for (const [at, { similarity }] of nearest.entries()) expect(similarity).toBeCloseTo(expected[at]?.similarity ?? 2, 12)
  })

  it.each(['none', 'avg', 'max', 'concat'] as const)('pools a new code (%s) as it pools those of the cache', async (pool) => {
    const [asked] = (await search([file('new.png')], { pool, top: 13 })).queries
    const other = tempFolder()
    const alone = tempFolder()
    put(alone, 'b/new.png', readFileSync(file('new.png')))
    await extractSeveral({ data, cache: other, models: [model], workers: 1 })
    await extractSeveral({ data: alone, cache: other, models: [model], workers: 1 })
    const [cached] = (await searchImages({ data, cache: other, queries: [file('new.png')], pool, top: 13 })).queries
    expect([asked?.cached, cached?.cached]).toEqual([false, true])
    expect(asked?.nearest).toEqual(cached?.nearest)
  })

  it('takes only what is asked for of the data set', async () => {
    const { queries } = await search([file('new.png')], { classes: ['b'], exclude: new Set(['b/1.png']) })
    const paths = queries[0]?.nearest.map(({ path }) => path).sort()
    expect(paths).toEqual(['b/0.png', 'b/2.png', 'b/3.png', 'b/4.png', 'b/5.png', 'b/copy.png'])
  })

  it('says that a network is gone, where a query needs it', async () => {
    const gone = modelFile(convolution())
    const own = tempFolder()
    await extractSeveral({ data, cache: own, models: [gone], workers: 1 })
    rmSync(gone)
    const known = await searchImages({ data, cache: own, queries: [file('known.png')], top: 1 })
    expect(known.queries[0]?.nearest).toMatchObject([{ path: 'a/2.png' }])
    const { message } = await userErrorOf(() => searchImages({ data, cache: own, queries: [file('new.png')] }))
    expect(message).toMatch(
      /^Expected to have the network of the codes, .*net\.onnx, again, found that .*\. Run codes once more with the model as it is now, or search by images that have codes\.$/,
    )
  })
})
