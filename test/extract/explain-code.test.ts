import { renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { identityDifferences } from '../../src/cache/identity-differences.js'
import { explainCode } from '../../src/extract/explain-code.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { type Filled, model, useFilledCache } from '../helpers/filled-cache.js'
import { folderState } from '../helpers/folder-state.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

let filled: Filled
useFilledCache((copy) => {
  filled = copy
})

const image = () => join(filled.data, 'a/0.png')

describe('explainCode', () => {
  it('refuses what is no file, and options that lead to no code', async () => {
    const { cache, data } = filled
    const none = join(data, 'a/none.png')
    expect((await userErrorOf(() => explainCode(none, { cache }))).message).toBe(
      `Expected an image file at ${none}. It is gone. Check the path.`,
    )
    expect((await userErrorOf(() => explainCode(image(), { cache, model, layer: 'no' }))).message).toMatch(/^Expected --layer to be/)
    expect((await userErrorOf(() => explainCode(image(), { cache, size: -1 }))).message).toMatch(/^Expected/)
  })

  it('tells a hit of the last run: where each code is, since when, and whose image it is', async () => {
    const { cache, data, codes, fingerprint } = filled
    put(data, 'b/copy.png', await noisePng(1))
    try {
      await extractSeveral({ data, cache, models: [model], layers: ['y'], dtype: 'float32', workers: 1 })
      const before = Date.now()
      const told = await explainCode(image(), { data, cache })
      expect(told).toMatchObject({ path: image(), hit: true, model, fingerprint, quarantine: null, miss: null })
      expect(told.identity).toMatchObject({ format: 1, layer: 'y', size: 8 })
      expect(told.codes).toEqual([
        { shard: expect.stringMatching(/^[0-9a-f]{64}$/), row: 0, dtype: 'float32', bytes: 576, written: expect.any(Number) },
        { shard: expect.stringMatching(/^[0-9a-f]{64}$/), row: 0, dtype: 'float16', bytes: 288, written: expect.any(Number) },
      ])
      for (const { shard, written } of told.codes) {
        expect(statSync(join(codes, fingerprint, `${shard}.arrow`)).isFile()).toBe(true)
        expect(before - written).toBeLessThan(3_600_000)
      }
      expect(told.files).toEqual(['a/0.png', 'b/copy.png'].map((path) => ({ data, path })))
    } finally {
      rmSync(join(data, 'b/copy.png'))
    }
  })

  it('tells a hit for a copy and a link elsewhere', async () => {
    const { cache, data } = filled
    const [copy, link] = [join(tempFolder(), 'any.png'), join(tempFolder(), 'link.png')]
    writeFileSync(copy, await noisePng(1))
    symlinkSync(image(), link)
    for (const path of [copy, link])
      expect(await explainCode(path, { data, cache })).toMatchObject({ hit: true, files: [{ data, path: 'a/0.png' }] })
  })

  it.each([
    ['the layer of a given model', { model, layer: 'conv' }, true, []],
    ['another rule of resizing', { resize: 'pad' as const }, false, [{ part: 'preprocessing.resize', asked: 'pad', cached: 'squish' }]],
    [
      'another decoder and input',
      { model, decoder: 'fast' as const, mean: [1] },
      false,
      [
        { part: 'preprocessing.decoder', asked: 'fast', cached: 'exact' },
        { part: 'preprocessing.mean', asked: [1, 1, 1], cached: [0, 0, 0] },
      ],
    ],
    ['int8 that is not calibrated', { precision: 'int8' as const }, false, [{ part: 'precision', asked: 'int8', cached: 'float32' }]],
  ])('compares with the nearest kind: %s', async (_, options, hit, differences) => {
    const { cache, data } = filled
    const told = await explainCode(image(), { data, cache, ...options })
    expect(told.hit).toBe(hit)
    expect(told.fingerprint === null).toBe('precision' in options)
    if (hit) expect(told.miss).toBeNull()
    else expect(told.miss).toEqual({ because: 'kind', kinds: 2, nearest: { fingerprint: expect.any(String), differences } })
  })

  it('finds the int8 codes of the graph that is kept', async () => {
    const [data, cache] = [await imageFolder({ a: 2 }), tempFolder()]
    const { runs } = await extractSeveral({ data, cache, models: [model], precisions: ['int8'], workers: 1 })
    const path = join(data, 'a/0.png')
    expect(await explainCode(path, { cache, model, precision: 'int8' })).toMatchObject({ hit: true, fingerprint: runs[0]?.fingerprint })
    const { miss } = await explainCode(path, { cache, model })
    expect(miss).toMatchObject({ nearest: { differences: [{ part: 'precision', asked: 'float32', cached: 'int8' }] } })
  })

  it('tells that a file has changed, then and now', async () => {
    const { cache, data } = filled
    const path = join(data, 'a/0.png')
    const [was, before] = [await explainCode(path, { data, cache }), statSync(path)]
    renameSync(path, `${path}.kept`)
    try {
      writeFileSync(path, await noisePng(77, { side: 20 }))
      utimesSync(path, 1_600_000_000, 1_600_000_000)
      const told = await explainCode(path, { data, cache })
      expect(told).toMatchObject({ hit: false, files: [] })
      expect(told.miss).toEqual({
        because: 'changed',
        before: { image: was.image, bytes: before.size, modified: Math.floor(before.mtimeMs) },
        now: { image: told.image, bytes: statSync(path).size, modified: 1_600_000_000_000 },
        wasCoded: true,
      })
      expect((await explainCode(path, { data, cache, resize: 'pad' })).miss).toMatchObject({ because: 'changed', wasCoded: false })
    } finally {
      renameSync(`${path}.kept`, path)
    }
  })

  it('tells that an image is quarantined, also a copy of it', async () => {
    const { cache, data } = filled
    const refusal = { cause: 'format', reason: 'Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image, found text.' }
    const copy = join(tempFolder(), 'copy.jpg')
    writeFileSync(copy, 'text')
    for (const path of [join(data, 'b/text.jpg'), copy]) {
      expect(await explainCode(path, { data, cache })).toMatchObject({ hit: false, quarantine: refusal })
    }
    expect(await explainCode(image(), { data, cache })).toMatchObject({ quarantine: null })
  })

  it('knows nothing of an image that it never saw, nor without a cache, and writes nothing', async () => {
    const { cache, data, codes } = filled
    const path = join(tempFolder(), 'new.png')
    writeFileSync(path, await noisePng(55))
    const { '.': _, ...before } = folderState(codes)
    const unknown = { hit: false, codes: [], files: [], quarantine: null, miss: { because: 'unknown' } }
    expect(await explainCode(path, { data, cache })).toMatchObject(unknown)
    const { '.': __, ...after } = folderState(codes)
    expect(after).toEqual(before)
    const none = join(tempFolder(), 'none')
    expect(await explainCode(path, { data, cache: none })).toMatchObject({ ...unknown, model: 'efficientnet-lite0' })
  })
})

describe('identityDifferences', () => {
  it.each([
    ['nothing', { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, []],
    ['what one lacks', { a: { b: 1 } }, { a: {} }, [{ part: 'a.b', asked: 1, cached: null }]],
    ['an exact decoder as none', { preprocessing: { decoder: 'exact' } }, { preprocessing: {} }, []],
    [
      'no part that follows from another one',
      { precision: 'int8', calibration: 'x', preprocessing: { decoder: 'fast', decoderVersion: 1 } },
      { precision: 'float32', preprocessing: {} },
      [
        { part: 'precision', asked: 'int8', cached: 'float32' },
        { part: 'preprocessing.decoder', asked: 'fast', cached: 'exact' },
      ],
    ],
    [
      'calibrations of one precision',
      { precision: 'int8', calibration: 'x' },
      { precision: 'int8', calibration: 'y' },
      [{ part: 'calibration', asked: 'x', cached: 'y' }],
    ],
  ])('tells %s', (_, asked, cached, expected) => expect(identityDifferences(asked, cached)).toEqual(expected))
})
