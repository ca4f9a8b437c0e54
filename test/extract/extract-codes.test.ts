import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { cachePaths } from '../../src/cache/paths.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import type { ExtractOptions, ExtractResult } from '../../src/extract/options.js'
import { planCodes } from '../../src/extract/plan-codes.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { trustStamps } from '../helpers/trust-stamps.js'

const model = modelFile(convolution())
const counts = ({ images, computed, cached, quarantined }: ExtractResult) => ({ images, computed, cached, quarantined })

/** A data set with an empty cache, and a run over it with the tiny network on one thread. */
async function setup(classes: Readonly<Record<string, number>> = { a: 3, b: 2 }) {
  const [data, cache] = [await imageFolder(classes), tempFolder()]
  const run = (options: ExtractOptions = {}) => extractCodes({ data, cache, model, workers: 1, ...options })
  return { data, cache, run }
}

const shardsOf = (cache: string, fingerprint: string) =>
  readdirSync(cachePaths(cache).shards(fingerprint)).map((name) => join(cachePaths(cache).shards(fingerprint), name))

describe('extractCodes refuses', () => {
  it.each<[string, ExtractOptions]>([
    ['batch', { batch: 0 }],
    ['batch', { batch: 1.5 }],
    ['workers', { workers: Number.NaN }],
  ])('a wrong %s, before it makes anything', async (name, options) => {
    const cache = join(tempFolder(), 'cache')
    const value = Object.values(options)[0]
    for (const action of [extractCodes, planCodes]) {
      const error = await userErrorOf(() => action({ data: tempFolder(), cache, ...options }))
      expect([error.message, error.exitCode]).toEqual([`Expected ${name} to be a whole number above 0, got ${value}.`, 2])
    }
    expect(existsSync(cache)).toBe(false)
  })

  it('a selection that leaves nothing', async () => {
    const { data, run } = await setup()
    const error = await userErrorOf(() => run({ excludeClasses: ['a', 'b'] }))
    expect([error.message, error.exitCode]).toEqual([
      `Expected images to take in ${data}, found that all 5 are left out. Its classes are a, b.`,
      2,
    ])
  })

  it.each([
    ['classes', '--classes'],
    ['excludeClasses', '--exclude-classes'],
  ])('a name in %s that no class has', async (name, option) => {
    const { run } = await setup()
    const error = await userErrorOf(() => run({ [name]: ['a', 'zebra'] }))
    expect([error.message, error.exitCode]).toEqual([`Expected ${option} to be among the classes a, b, got "zebra".`, 2])
  })

  it('a class where images lie in no class folder', async () => {
    const data = tempFolder()
    put(data, '1.png', await noisePng(1))
    const error = await userErrorOf(() => extractCodes({ data, cache: tempFolder(), model, workers: 1, classes: ['a'] }))
    expect([error.message, error.exitCode]).toEqual(['Expected --classes to be left out where images lie in no class folder, got "a".', 2])
  })

  it('a list of hashes that leaves nothing', async () => {
    const { data, cache, run } = await setup({ a: 2 })
    const { fingerprint } = await run()
    const exclude = new Set(storedCodes(cache, fingerprint).keys())
    const error = await userErrorOf(() => extractCodes({ data, cache: tempFolder(), model, workers: 1, exclude }))
    expect(error.message).toBe(`Expected images to take in ${data}, found that all 2 are left out. Its classes are a.`)
  })
})

describe('extractCodes', () => {
  it('computes everything once, and tells what it did', async () => {
    const { run } = await setup()
    const first = await run()
    expect(first).toMatchObject({
      images: 5,
      computed: 5,
      cached: 0,
      quarantined: 0,
      quarantine: [],
      codeLength: 144,
      codeShape: [6, 6, 4],
      model,
      layer: 'y',
      size: 8,
      engine: 'onnx',
      provider: 'cpu',
      precision: 'float32',
      dtype: 'float16',
      interrupted: false,
    })
    expect(first.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(first.imagesPerSecond).toBeGreaterThan(0)
    const { decode, forward, write } = first.shares
    expect(decode + forward + write).toBeCloseTo(1, 10)
    const second = await run()
    expect(counts(second)).toEqual({ images: 5, computed: 0, cached: 5, quarantined: 0 })
    expect([second.imagesPerSecond, second.fingerprint, second.codeShape]).toEqual([0, first.fingerprint, [6, 6, 4]])
  })

  it('takes images that lie in no class folder, and says where their labels come from', async () => {
    const [data, cache, notes] = [tempFolder(), tempFolder(), [] as string[]]
    for (const seed of [1, 2]) put(data, `${seed}.png`, await noisePng(seed))
    const run = await extractCodes({ data, cache, model, workers: 1, onNote: (text) => notes.push(text) })
    expect(counts(run)).toEqual({ images: 2, computed: 2, cached: 0, quarantined: 0 })
    expect(notes).toContain(`The images of ${data} lie in no class folder: train-head takes their labels from a file, --labels FILE.csv.`)
  })

  it('pays for new and changed content only, whatever files are called or how they are touched', async () => {
    const { data, run } = await setup()
    await run()
    const at = (path: string) => join(data, path)
    put(data, 'c/new.png', await noisePng(100))
    expect(counts(await run())).toEqual({ images: 6, computed: 1, cached: 5, quarantined: 0 })
    renameSync(at('a/0.png'), at('a/renamed.jpg'))
    copyFileSync(at('a/1.png'), at('b/copy.png'))
    linkSync(at('a/2.png'), at('c/hard-link.png'))
    utimesSync(at('b/0.png'), 1, 1)
    expect(counts(await run())).toEqual({ images: 8, computed: 0, cached: 8, quarantined: 0 })
    writeFileSync(at('b/1.png'), await noisePng(101))
    expect(counts(await run())).toEqual({ images: 8, computed: 1, cached: 7, quarantined: 0 })
    rmSync(at('b/1.png'))
    expect(counts(await run())).toEqual({ images: 7, computed: 0, cached: 7, quarantined: 0 })
  })

  it('computes the same bytes in two classes once, and lists both files', async () => {
    const { data, cache, run } = await setup({ a: 2 })
    mkdirSync(join(data, 'b'))
    copyFileSync(join(data, 'a/0.png'), join(data, 'b/same.png'))
    expect(counts(await run())).toEqual({ images: 3, computed: 2, cached: 1, quarantined: 0 })
    const catalog = openCatalog(cache)
    const files = catalog.files.files(catalog.files.findDataset(data) ?? 0)
    catalog.close()
    expect(files.map(({ path, label }) => [path, label])).toEqual([
      ['a/0.png', 'a'],
      ['a/1.png', 'a'],
      ['b/same.png', 'b'],
    ])
    expect(files[2]?.image).toBe(files[0]?.image)
  })

  it('takes only the classes that are asked for, and keeps what is known of the others', async () => {
    const { cache, run } = await setup({ a: 3, b: 2, c: 1 })
    expect(counts(await run({ classes: ['a', 'c'] }))).toMatchObject({ images: 4, computed: 4 })
    expect(counts(await run({ excludeClasses: ['b', 'c'] }))).toMatchObject({ images: 3, computed: 0 })
    const result = await run({ exclude: new Set(['b/1.png']) })
    expect(counts(result)).toEqual({ images: 5, computed: 1, cached: 4, quarantined: 0 })
    const [image = ''] = storedCodes(cache, result.fingerprint).keys()
    expect(counts(await run({ exclude: new Set([image]) }))).toEqual({ images: 5, computed: 1, cached: 4, quarantined: 0 })
  })

  it('computes float32 where it is asked for and only float16 is there', async () => {
    const { cache, run } = await setup()
    const { fingerprint } = await run()
    expect(await run({ dtype: 'float32' })).toMatchObject({ computed: 5, cached: 0, dtype: 'float32', fingerprint })
    expect(await run({ dtype: 'float32' })).toMatchObject({ computed: 0, cached: 5 })
    expect(await run()).toMatchObject({ computed: 0, cached: 5 })
    for (const code of storedCodes(cache, fingerprint).values()) expect(code).toMatch(/^float32 /)
  })

  it('tells float32 where a code that it takes is kept so, whoever asked for it', async () => {
    const { run } = await setup()
    await run({ dtype: 'float32', classes: ['a'] })
    expect(await run({ classes: ['a'] })).toMatchObject({ computed: 0, cached: 3, dtype: 'float32' })
    expect(await run({ classes: ['b'] })).toMatchObject({ computed: 2, cached: 0, dtype: 'float16' })
    expect(await run()).toMatchObject({ computed: 0, cached: 5, dtype: 'float32' })
  })

  it('knows other preprocessing, sizes and layers apart', async () => {
    const { run } = await setup()
    const results = [
      await run(),
      await run({ alpha: 'drop' }),
      await run({ exif: false }),
      await run({ mean: [1] }),
      await run({ layer: 'conv' }),
    ]
    expect(new Set(results.map(({ fingerprint }) => fingerprint)).size).toBe(5)
    expect(results.map(({ computed }) => computed)).toEqual([5, 5, 5, 5, 5])
  })

  it('gives the same bytes for any batch, number of threads and order of files', async () => {
    const { data, cache, run } = await setup({ a: 7, b: 6 })
    const { fingerprint } = await run({ batch: 8 })
    const expected = storedCodes(cache, fingerprint)
    expect(expected.size).toBe(13)
    for (const options of [{ batch: 1 }, { batch: 3 }, { batch: 5, workers: 2 }, { batch: 100, workers: 2 }]) {
      const other = tempFolder()
      await run({ cache: other, ...options })
      expect(storedCodes(other, fingerprint), JSON.stringify(options)).toEqual(expected)
    }
    const shuffled = tempFolder()
    for (let i = 0; i < 13; i++) put(shuffled, `x/${(i * 5) % 13}.png`, readFileSync(join(data, i < 7 ? `a/${i}.png` : `b/${i - 7}.png`)))
    const other = tempFolder()
    await run({ data: shuffled, cache: other, batch: 4 })
    expect(storedCodes(other, fingerprint)).toEqual(expected)
  })

  it('shares codes between data sets, and keeps a run for each', async () => {
    const { cache, data, run } = await setup()
    const { fingerprint } = await run()
    const other = tempFolder()
    put(other, 'z/1.png', readFileSync(join(data, 'a/0.png')))
    expect(await run({ data: other })).toMatchObject({ images: 1, computed: 0, cached: 1 })
    const catalog = openCatalog(cache)
    for (const root of [data, other]) {
      expect(catalog.runs.last(catalog.files.findDataset(root) ?? 0)).toMatchObject({ fingerprint, model })
    }
    catalog.close()
  })
})

describe('extractCodes after damage to the cache', () => {
  it.each<[string, (path: string) => void]>([
    ['is gone', (path) => rmSync(path)],
    ['is cut', (path) => truncateSync(path, 100)],
  ])('computes the images of a shard again that %s, and no others', async (_, harm) => {
    const { data, cache, run } = await setup({ a: 4 })
    const { fingerprint } = await run({ batch: 2, shardLimits: { bytes: 1 } })
    const expected = storedCodes(cache, fingerprint)
    const [path = '', ...others] = shardsOf(cache, fingerprint)
    expect(others.length).toBe(1)
    harm(path)
    expect(await planCodes({ data, cache, model, workers: 1 })).toMatchObject({ hits: 2, misses: 2 })
    expect(counts(await run({ batch: 2 }))).toEqual({ images: 4, computed: 2, cached: 2, quarantined: 0 })
    expect(storedCodes(cache, fingerprint)).toEqual(expected)
  })

  it('takes its shards up again when the catalog is lost', async () => {
    const { cache, run } = await setup({ a: 3 })
    const { fingerprint } = await run()
    const expected = storedCodes(cache, fingerprint)
    rmSync(cachePaths(cache).catalog)
    expect(counts(await run())).toEqual({ images: 3, computed: 0, cached: 3, quarantined: 0 })
    expect(storedCodes(cache, fingerprint)).toEqual(expected)
  })

  it('ends with one sentence when the shards cannot be written any more', async () => {
    const { data, cache, run } = await setup({ a: 12 })
    const { fingerprint } = await planCodes({ data, cache, model, workers: 1 })
    const folder = cachePaths(cache).shards(fingerprint)
    let harmed = false
    const onProgress = () => {
      if (harmed || !existsSync(folder)) return
      harmed = true
      rmSync(folder, { recursive: true })
      writeFileSync(folder, 'in the way')
    }
    const error = await userErrorOf(() => run({ batch: 1, shardLimits: { bytes: 1 }, onProgress }))
    expect(error.message).toMatch(/^Expected to write codes into .*, but that failed: /)
    rmSync(folder)
    expect(counts(await run())).toMatchObject({ images: 12, quarantined: 0 })
    expect(storedCodes(cache, fingerprint).size).toBe(12)
  })
})

describe('extractCodes that is interrupted', () => {
  it('keeps finished shards, and the next run goes on', async () => {
    const { cache, run } = await setup({ a: 20 })
    const stop = new AbortController()
    const first = await run({
      batch: 2,
      signal: stop.signal,
      onProgress: ({ computed }) => {
        if (computed >= 4) stop.abort()
      },
    })
    expect(first.interrupted).toBe(true)
    expect(first.computed).toBeGreaterThanOrEqual(4)
    expect(first.computed).toBeLessThan(20)
    expect(storedCodes(cache, first.fingerprint).size).toBe(first.computed)
    const catalog = openCatalog(cache)
    expect(catalog.runs.last(1)).toBeUndefined()
    catalog.close()
    const second = await run()
    expect(counts(second)).toEqual({ images: 20, computed: 20 - first.computed, cached: first.computed, quarantined: 0 })
    expect(storedCodes(cache, first.fingerprint).size).toBe(20)
  })

  it('does nothing when it was stopped before it began', async () => {
    const { run } = await setup({ a: 2 })
    expect(await run({ signal: AbortSignal.abort() })).toMatchObject({
      images: 0,
      computed: 0,
      cached: 0,
      interrupted: true,
      codeLength: 0,
    })
  })
})

it('extractCodes that is interrupted keeps what was quarantined where it did not get to', async () => {
  const { data, cache, run } = await setup({ a: 2 })
  mkdirSync(join(data, 'b'))
  for (const name of ['1.jpg', '2.jpg']) symlinkSync('nowhere.jpg', join(data, 'b', name))
  const { fingerprint } = await run()
  trustStamps(cache, data)
  const quarantined = () => {
    const catalog = openCatalog(cache)
    const found = catalog.files.quarantined(catalog.files.findDataset(data) ?? 0, fingerprint)
    catalog.close()
    return found.map(({ path }) => path)
  }
  expect(counts(await run({ signal: AbortSignal.abort() }))).toEqual({ images: 2, computed: 0, cached: 2, quarantined: 0 })
  expect(quarantined()).toEqual(['b/1.jpg', 'b/2.jpg'])

  rmSync(join(data, 'b/1.jpg'))
  put(data, 'b/1.jpg', await noisePng(50))
  const stop = new AbortController()
  const second = await run({ batch: 1, signal: stop.signal, onProgress: () => stop.abort() })
  expect(second).toMatchObject({ interrupted: true, quarantined: expect.any(Number) })
  expect(second.cached).toBeGreaterThanOrEqual(0)
  expect(quarantined()).toEqual(['b/2.jpg'])
  expect(counts(await run())).toMatchObject({ images: 4, quarantined: 1 })
})

it.skipIf(process.getuid?.() === 0)('extractCodes says why a cache cannot be written (skipped as root)', async () => {
  const { run } = await setup({ a: 1 })
  const cache = tempFolder()
  mkdirSync(cachePaths(cache).codes, { mode: 0o555 })
  expect(statSync(cachePaths(cache).codes).mode & 0o222).toBe(0)
  expect((await userErrorOf(() => run({ cache }))).message).toMatch(
    /^Expected to write into .*codes-v1, but that is not possible: EACCES: permission denied, access '.*'\. Choose another folder with --cache, or change its permissions\.$/,
  )
})
