import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { listCodes } from '../../src/cache/list-codes.js'
import { listQuarantine } from '../../src/cache/list-quarantine.js'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { explainCode } from '../../src/extract/explain-code.js'
import { extractCodes, extractSeveral } from '../../src/extract/extract-codes.js'
import type { ExtractOptions } from '../../src/extract/options.js'
import { planCodes } from '../../src/extract/plan-codes.js'
import { removeCodes } from '../../src/extract/remove-codes.js'
import { verifyCache } from '../../src/extract/verify-cache.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const augment = 'flip,rotate:90,shift:0.5,brightness:0.3,crop:0.08-1'
const data = await imageFolder({ a: 3, b: 2 })
const usual = { data, model, workers: 2, batch: 2 }
const several = { data, models: [model], workers: 2, batch: 2 }

describe('views are refused', () => {
  it.each<[ExtractOptions, string]>([
    [{ views: 0 }, 'Expected --views to be a whole number from 1 to 1000, got 0.'],
    [{ views: 2.5, augment }, 'Expected --views to be a whole number from 1 to 1000, got 2.5.'],
    [{ views: 1001, augment }, 'Expected --views to be a whole number from 1 to 1000, got 1001.'],
    [
      { views: 2 },
      'Expected --views to be 1 without --augment, which makes the others, got 2. Give --augment keras, fastai or a list of steps.',
    ],
    [{ augment: 'flip' }, 'Expected --augment to be given with --views of at least 2, the plain image included, got "flip".'],
    [{ views: 2, augment, augmentSeed: -1 }, 'Expected --augment-seed to be a whole number, 0 or more, got -1.'],
    [
      { views: 2, augment: 'flip,shift:2' },
      'Expected --augment to be shift:S with S above 0 and at most 1; @P behind it gives a probability above 0, at most 1, at character 6, got "shift:2".',
    ],
  ])('%j', async (options, message) => {
    const error = await userErrorOf(() => extractCodes({ ...usual, cache: tempFolder(), ...options }))
    expect([error.message, error.exitCode]).toEqual([message, 2])
  })
})

describe('codes with views', () => {
  it('leaves the plain codes as they are and adds one kind for each view', async () => {
    const [plain, cache] = [tempFolder(), tempFolder()]
    const alone = await extractCodes({ ...usual, cache: plain })
    const result = await extractCodes({ ...usual, cache, views: 4, augment })
    expect(result).toMatchObject({
      images: 5,
      computed: 5,
      cached: 0,
      augment: { spec: 'flip,shift:0.5,rotate:90,crop:0.08-1,brightness:0.3', seed: 0 },
    })
    expect(result.views.map(({ view, computed, cached, quarantined }) => [view, computed, cached, quarantined])).toEqual(
      [0, 1, 2, 3].map((view) => [view, 5, 0, 0]),
    )
    expect(result.fingerprint).toBe(alone.fingerprint)
    const codes = result.views.map(({ fingerprint }) => storedCodes(cache, fingerprint))
    expect(codes[0]).toEqual(storedCodes(plain, alone.fingerprint))
    const all = codes.flatMap((of) => [...of.values()])
    expect([all.length, new Set(all).size]).toEqual([20, 20])
  })

  it('computes nothing twice, and only the views that are added', async () => {
    const cache = tempFolder()
    await extractCodes({ ...usual, cache })
    const added = async (views: number) => {
      const result = await extractCodes({ ...usual, cache, views, augment })
      return [result.computed, ...result.views.map(({ computed }) => computed)]
    }
    expect(await added(3)).toEqual([5, 0, 5, 5])
    expect(await added(3)).toEqual([0, 0, 0, 0])
    expect(await added(4)).toEqual([5, 0, 0, 0, 5])
    expect(await added(2)).toEqual([0, 0, 0])
    const again = await extractCodes({ ...usual, cache, views: 4, augment: 'crop:0.08-1, rotate:90.0, brightness:0.3, flip, shift:0.5' })
    expect(again.computed).toBe(0)
  })

  it('gives an image the same views whatever the batch, the workers, the order and the number of views', async () => {
    const [one, other] = [tempFolder(), tempFolder()]
    const a = await extractCodes({ ...usual, cache: one, views: 3, augment, workers: 1, batch: 1 })
    const moved = tempFolder()
    for (const [at, path] of ['b/1', 'a/2', 'b/0', 'a/1', 'a/0'].entries()) {
      put(moved, `c/${at}.png`, '')
      copyFileSync(join(data, `${path}.png`), join(moved, `c/${at}.png`))
    }
    put(moved, 'c/more.png', await noisePng(99))
    const b = await extractCodes({ ...usual, data: moved, cache: other, views: 5, augment, workers: 2, batch: 4 })
    for (const view of [0, 1, 2]) {
      const [fingerprint = '', same] = [a.views[view]?.fingerprint, b.views[view]?.fingerprint]
      expect(same).toBe(fingerprint)
      const codes = storedCodes(other, fingerprint)
      for (const [image, code] of storedCodes(one, fingerprint)) expect(codes.get(image)).toBe(code)
    }
  })

  it('makes other views by another seed or specification', async () => {
    const cache = tempFolder()
    const kinds = [{ augment }, { augment, augmentSeed: 1 }, { augment: 'flip' }]
    const runs = []
    for (const kind of kinds) runs.push(await extractCodes({ ...usual, cache, views: 2, ...kind }))
    expect(runs.map(({ views }) => views.map(({ computed }) => computed))).toEqual([
      [5, 5],
      [0, 5],
      [0, 5],
    ])
    expect(new Set(runs.map(({ views }) => views[1]?.fingerprint)).size).toBe(3)
  })

  it('codes views in int8 by the graph that was calibrated on plain images', async () => {
    const cache = tempFolder()
    const plain = await extractCodes({ ...usual, cache, precision: 'int8' })
    const { fingerprint, views } = await extractCodes({ ...usual, cache, precision: 'int8', views: 2, augment })
    expect([fingerprint, views.map(({ computed }) => computed)]).toEqual([plain.fingerprint, [0, 5]])
    const { recomputed } = await verifyCache({ cache, recompute: 10 })
    expect(recomputed).toMatchObject({ codes: 10, equal: 10 })
  })

  it('makes the views of several kinds of codes in one pass', async () => {
    const { runs, computed } = await extractSeveral({ ...several, cache: tempFolder(), layers: ['conv', 'y'], views: 3, augment })
    expect([computed, runs.map(({ layer, views }) => [layer, views.map(({ computed: codes }) => codes)])]).toEqual([
      5,
      [
        ['conv', [5, 5, 5]],
        ['y', [5, 5, 5]],
      ],
    ])
    expect(new Set(runs.flatMap(({ views }) => views.map(({ fingerprint }) => fingerprint))).size).toBe(6)
  })

  it('plans what it does', async () => {
    const cache = tempFolder()
    await extractCodes({ ...usual, cache, views: 2, augment })
    const plan = await planCodes({ ...usual, cache, views: 3, augment })
    expect(plan).toMatchObject({ images: 5, hits: 0, misses: 5, diskBytes: 5 * 144 * 2 })
    expect(plan.views.map(({ view, misses }) => [view, misses])).toEqual([
      [0, 0],
      [1, 0],
      [2, 5],
    ])
  })

  it('quarantines a bad image once, whatever the number of views', async () => {
    const bad = await imageFolder({ a: 2 })
    put(bad, 'a/bad.png', 'text')
    const cache = tempFolder()
    const result = await extractCodes({ ...usual, data: bad, cache, views: 3, augment })
    expect([result.images, result.computed, result.quarantined, result.quarantine.length]).toEqual([3, 2, 1, 1])
    expect(result.views.map(({ quarantined }) => quarantined)).toEqual([1, 1, 1])
    const { quarantine } = listQuarantine({ data: bad, cache })
    expect(quarantine.map(({ kinds }) => kinds.map(({ view }) => view))).toEqual([[0]])
  })
})

describe('commands that read codes', () => {
  it('see the plain images alone, whatever ran last', async () => {
    const cache = tempFolder()
    const notes: string[] = []
    const { fingerprint } = await extractCodes({ ...usual, cache, views: 3, augment })
    const set = openDataSet({ data, cache, onNote: (text) => notes.push(text) })
    set.catalog.close()
    expect([set.fingerprint.digest, set.images.length, notes]).toEqual([fingerprint, 5, []])
    expect(await explainCode(join(data, 'a/0.png'), { data, cache })).toMatchObject({ hit: true, fingerprint })
  })

  it('tell the views apart', async () => {
    const cache = tempFolder()
    await extractCodes({ ...usual, cache, views: 3, augment: 'flip' })
    const { kinds } = await listCodes({ cache })
    expect(kinds.map(({ view, augment: by, images }) => [view, by, images])).toEqual([
      [0, 'none', 5],
      [1, 'flip', 5],
      [2, 'flip', 5],
    ])
    const { kinds: removed } = await removeCodes({ cache, view: 2 })
    expect(removed.map(({ view, images }) => [view, images])).toEqual([[2, 5]])
    const result = await extractCodes({ ...usual, cache, views: 3, augment: 'flip' })
    expect(result.views.map(({ computed }) => computed)).toEqual([0, 0, 5])
  })

  it('explain a miss by the augmentation', async () => {
    const cache = tempFolder()
    const { views } = await extractCodes({ ...usual, cache, views: 2, augment: 'flip' })
    const catalog = openCatalog(cache)
    catalog.codes.forget([...catalog.codes.shards(catalog.codes.find(views[0]?.fingerprint ?? '')?.id ?? 0)])
    catalog.close()
    const { miss } = await explainCode(join(data, 'a/0.png'), { data, cache, model })
    expect(miss).toEqual({
      because: 'kind',
      kinds: 1,
      nearest: { fingerprint: views[1]?.fingerprint, differences: [{ part: 'augment.spec', asked: 'none', cached: 'flip' }] },
    })
  })

  it('verify views by making them again', async () => {
    const cache = tempFolder()
    await extractCodes({ ...usual, cache, views: 3, augment })
    const { recomputed, bad } = await verifyCache({ cache, recompute: 15 })
    expect(bad).toEqual([])
    expect(recomputed).toMatchObject({ codes: 15, equal: 15, different: 0, unchecked: [] })
  })
})
