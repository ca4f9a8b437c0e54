import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes, extractSeveral } from '../../src/extract/extract-codes.js'
import type { ExtractOptions } from '../../src/extract/options.js'
import { node } from '../../src/graph/graph.js'
import { compareModels } from '../../src/recipes/compare-models.js'
import { noisePng, put } from '../helpers/image-folder.js'
import { runCli } from '../helpers/run-cli.js'
import { codesByPath, storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { graphOf, modelFile } from '../helpers/tiny-graph.js'

/** A network whose codes are its input, 8 × 8 pixels. */
const model = modelFile(graphOf([node('Relu', 'y', ['image'])], {}))
const photos = ['airplane', 'face', 'leopard', 'sunflower', 'yin', 'face-exif6', 'face-cmyk'] as const

/** Two classes of the photographs, a PNG and a cut JPEG. */
async function dataSet() {
  const [data, cache] = [tempFolder(), tempFolder()]
  const photo = (name: string) => readFileSync(new URL(`../fixtures/images/${name}.jpg`, import.meta.url))
  photos.forEach((name, at) => {
    put(data, `${at % 2 === 0 ? 'a' : 'b'}/${name}.jpg`, photo(name))
  })
  put(data, 'a/noise.png', await noisePng(1))
  put(data, 'b/cut.jpg', photo('bad-truncated'))
  const run = (options: ExtractOptions) => extractCodes({ data, cache, model, workers: 1, ...options })
  return { data, cache, run }
}

/** The preprocessing in the fingerprint's JSON. */
function preprocessingOf(cache: string, fingerprint: string): { readonly [key: string]: unknown } {
  const catalog = openCatalog(cache)
  try {
    return JSON.parse(catalog.codes.find(fingerprint)?.json ?? '').preprocessing
  } finally {
    catalog.close()
  }
}

describe('the decoder', () => {
  it('is part of the fingerprint, which is as ever where none is asked for', async () => {
    const { cache, run } = await dataSet()
    const [plain, exact, fast] = [await run({}), await run({ decoder: 'exact' }), await run({ decoder: 'fast' })]
    expect([plain.decoder, exact.decoder, fast.decoder]).toEqual(['exact', 'exact', 'fast'])
    expect([exact.fingerprint === plain.fingerprint, fast.fingerprint === plain.fingerprint]).toEqual([true, false])
    expect([plain.computed, exact.computed, fast.computed]).toEqual([8, 0, 8])
    const usual = preprocessingOf(cache, plain.fingerprint)
    expect(Object.keys(usual)).not.toContain('decoder')
    expect(preprocessingOf(cache, fast.fingerprint)).toEqual({ ...usual, decoder: 'fast', decoderVersion: 1 })
  })

  it('changes codes of ordinary JPEGs by at most 5 of 255, other codes not at all, and quarantines the same files', async () => {
    const { data, cache, run } = await dataSet()
    const [exact, fast] = [await run({ dtype: 'float32' }), await run({ dtype: 'float32', decoder: 'fast' })]
    expect(fast.quarantine).toEqual(exact.quarantine)
    expect(fast.quarantine.map(({ path, cause }) => [path, cause])).toEqual([['b/cut.jpg', 'truncated']])
    const found = codesByPath(cache, fast.fingerprint, data)
    for (const [path, code] of codesByPath(cache, exact.fingerprint, data)) {
      const off = Math.max(...code.map((value, at) => Math.abs(value - (found.get(path)?.[at] ?? Number.NaN))))
      if (/exif|cmyk|png/.test(path)) expect(off, path).toBe(0)
      else expect(off, path).toBeGreaterThan(0)
      expect(off, path).toBeLessThanOrEqual(5)
    }
  })

  it('gives the very codes that it gives alone, where there are several in one pass', async () => {
    const { data, cache } = await dataSet()
    const { runs } = await extractSeveral({
      ...{ data, cache, models: [model], resizes: ['squish', 'pad'], decoders: ['exact', 'fast'], workers: 2, batch: 3 },
    })
    const kinds = runs.map(({ resize, decoder }) => [resize, decoder] as const)
    expect(kinds).toEqual([['squish', 'exact'], ['squish', 'fast'], ['pad', 'exact'], ['pad', 'fast']]) // biome-ignore format: a table
    for (const { fingerprint, resize, decoder } of runs) {
      const alone = tempFolder()
      expect(await extractCodes({ data, cache: alone, model, resize, decoder, workers: 1 })).toMatchObject({ fingerprint, computed: 8 })
      expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
    }
  })

  it('is told from the others by models compare', async () => {
    const { data, cache } = await dataSet()
    const { compared } = await compareModels({ data, cache, models: [model], decoders: ['exact', 'fast'], workers: 1, split: '0.5' })
    expect(compared.map(({ decoder, cosine }) => [decoder, cosine?.images])).toEqual([
      ['exact', undefined],
      ['fast', 8],
    ])
    expect(compared[1]?.cosine?.least).toBeGreaterThan(0.999)
    expect(compared[1]?.cosine?.mean).toBeLessThan(1)
  })
})

describe('the fast stage', () => {
  it.each<[string, ExtractOptions, string, string]>([
    ['decoder', { decoder: 'fast' }, '--decoder fast', 'fast'],
    ['[no-]exif', { exif: false }, '--no-exif', 'no-exif'],
    ['alpha', { alpha: 'drop' }, '--alpha drop', 'drop'],
    ['truncated', { truncated: 'accept' }, '--truncated accept', 'accept'],
  ])('tells runs apart that differ in --%s', async (name, other, text, suffix) => {
    const { data, cache, run } = await dataSet()
    const error = await userErrorOf(async () => {
      await run({})
      openDataSet({ data, cache, ...other })
    })
    expect(error.message).toBe(
      `Expected codes for the images of ${data}, found none in ${cache} but those of ${model}, layer y, size 8, float32, squish. Make them with: npm run codes -- --data ${data} --cache ${cache} ${text}`,
    )
    const [usual, changed] = [await run({ decoder: 'exact' }), await run(other)]
    const notes: string[] = []
    const open = (filter: ExtractOptions) => {
      const set = openDataSet({ data, cache, ...filter, onNote: (note) => notes.push(note) })
      set.catalog.close()
      return [set.fingerprint.digest, set.name]
    }
    expect(open(other)).toEqual([changed.fingerprint, `${basename(data)}-net.onnx-${suffix}`])
    expect(notes).toEqual([])
    expect(open({})).toEqual(open(other))
    expect(notes).toEqual([
      `Several kinds of codes fit; taken are the last: ${model}, layer y, size 8, float32, squish, ${text}. Choose with --${name}.`,
    ])
    expect(open({ decoder: 'exact', exif: true, alpha: 'white', truncated: 'reject' })[0]).toBe(usual.fingerprint)
  })

  it('names a head for its decoder where there are two', async () => {
    const { data, cache, run } = await dataSet()
    await run({})
    await run({ decoder: 'fast' })
    const heads = [await trainHead({ data, cache, decoder: 'exact', split: '0.5' }), await trainHead({ data, cache, split: '0.5' })]
    expect(heads.map(({ bundle }) => basename(bundle ?? ''))).toEqual(
      ['exact', 'fast'].map((decoder) => `${basename(data)}-net.onnx-${decoder}-flat-softmax`),
    )
  })
})

describe('--decoder', () => {
  it('is taken by codes, and then by train-head, sweep-samples and models compare', async () => {
    const { data, cache } = await dataSet()
    const cli = (...args: readonly string[]) => runCli(...args, '--data', data, '--cache', cache)
    const json = cli('codes', '--model', model, '--decoder', 'fast', '--json', '--quiet')
    expect([json.status, json.stderr]).toEqual([0, ''])
    expect(JSON.parse(json.stdout)).toMatchObject({ decoder: 'fast', computed: 8, quarantined: 1 })
    expect(cli('codes', '--model', model, '--decoder', 'fast').stdout).toContain(
      `${model}, layer y, decoded fast: codes of 8 × 8 × 3 = 192`,
    )
    const head = cli('train-head', '--decoder', 'fast', '--split', '0.5', '--json', '--quiet')
    expect(JSON.parse(head.stdout).fingerprint).toBe(JSON.parse(json.stdout).fingerprint)
    const sweep = cli('sweep-samples', '--decoder', 'fast', '--split', '0.5', '--per-class', '1', '--json', '--quiet')
    expect(JSON.parse(sweep.stdout).fingerprint).toBe(JSON.parse(json.stdout).fingerprint)
    const none = cli('train-head', '--decoder', 'exact')
    expect([none.status, none.stdout]).toEqual([1, ''])
    expect(none.stderr).toBe(
      `cnn-codes: Expected codes for the images of ${data}, found none in ${cache} but those of ${model}, layer y, size 8, float32, squish, --decoder fast. Make them with: npm run codes -- --data ${data} --cache ${cache} --decoder exact\n`,
    )
    const compared = cli('models', 'compare', '--model', model, '--decoder', 'exact,fast', '--precision', 'float32', '--quiet')
    expect([compared.status, compared.stderr]).toEqual([0, ''])
    const cells = compared.stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(cells.slice(2, 4).map((row) => row.slice(1, 5))).toEqual(['exact', 'fast'].map((lane) => ['y', 'squish', lane, 'float32']))
    expect(cells[3]?.[6]).toMatch(/^0\.9999\d$/)
  })

  it.each([
    ['codes', 'slow', 'Invalid values:'],
    ['train-head', 'slow', 'Invalid values:'],
    ['models compare', 'slow', 'Expected --decoder to be a list of exact, fast, got "slow".'],
  ])('of %s refuses %s', (command, decoder, message) => {
    const run = runCli(...command.split(' '), '--decoder', decoder)
    expect([run.status, run.stdout]).toEqual([2, ''])
    expect(run.stderr).toContain(message)
  })
})
