import { readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { isBad } from '../../src/cache/verify/verify-folder.js'
import { engineInfo } from '../../src/engine/engine-info.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import type { ExtractOptions } from '../../src/extract/options.js'
import { readSource, runSource } from '../../src/extract/run-source.js'
import { verifyCache } from '../../src/extract/verify-cache.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import { editCatalog } from '../helpers/edit-catalog.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { codesByPath } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile, noise } from '../helpers/tiny-graph.js'

/** Images with codes of one kind. */
async function coded(options: ExtractOptions = {}) {
  const [data, cache, model] = [await imageFolder({ a: 3 }), tempFolder(), modelFile(convolution())]
  const { fingerprint } = await extractCodes({ data, cache, model, workers: 1, ...options })
  return { data, cache, model, fingerprint }
}

/** Verifies with all codes computed again: what came of it, the reasons of what is not checked, each once. */
async function recomputed(cache: string, options: { readonly recompute?: number; readonly seed?: number; readonly repair?: boolean } = {}) {
  const result = await verifyCache({ cache, recompute: 99, workers: 1, ...options })
  const { unchecked = [], ...counts } = result.recomputed ?? {}
  return { ...result, ...counts, reasons: [...new Set(unchecked.map(({ reason }) => reason))], unchecked }
}

/** Writes codes in the place of those that the cache has, as if `made` had computed them. */
async function replaceCodes(cache: string, fingerprint: string, { change, made }: { change: (code: Float32Array) => void; made: object }) {
  const root = realpathSync(dataOf(cache))
  const codes = codesByPath(cache, fingerprint, root)
  const catalog = openCatalog(cache)
  const record = catalog.codes.find(fingerprint)
  const files = catalog.files.files(catalog.files.findDataset(root) ?? 0)
  const images = files.map(({ image }) => image ?? '')
  const numbers = files.flatMap(({ path }) => {
    const code = Float32Array.from(codes.get(path) ?? [])
    change(code)
    return [...code]
  })
  catalog.codes.forget([...catalog.codes.shards(record?.id ?? 0)])
  for (const name of readdirSync(join(cache, 'codes-v1', fingerprint))) rmSync(join(cache, 'codes-v1', fingerprint, name))
  const writer = new ShardWriter(catalog, JSON.parse(record?.json ?? ''), { made: async () => ({ ...made }) })
  await writer.add({ images, shape: record?.shape ?? [], dtype: 'float32', codes: Float32Array.from(numbers) })
  await writer.close()
  catalog.close()
}

function dataOf(cache: string): string {
  const catalog = openCatalog(cache)
  const root = catalog.database.prepare<[], string>('SELECT root FROM dataset').pluck().get() ?? ''
  catalog.close()
  return root
}

describe('verifyCache computes codes again', () => {
  it('refuses what is no number of codes', async () => {
    expect((await userErrorOf(() => verifyCache({ cache: tempFolder(), recompute: -1 }))).message).toBe(
      'Expected recompute to be a whole number, 0 or more, got -1.',
    )
  })

  it.each<[string, ExtractOptions]>([
    ['float16', {}],
    ['float32', { dtype: 'float32' }],
    ['another layer, size fixed, mean and scale', { layer: 'conv', mean: [1, 2, 3], scale: [7] }],
    ['the images themselves, mean and scale', { layer: 'input', mean: [1, 2, 3], scale: [7] }],
    ['the images themselves, of a named network', { layer: 'input', model: 'cnn7', size: 32 }],
    ['other rules of decoding', { resize: 'pad', exif: false, alpha: 'drop', truncated: 'accept' }],
    ['a crop', { resize: 'crop:10' }],
    ['int8', { precision: 'int8' }],
  ])('to equal bytes: %s', async (_, options) => {
    const { cache } = await coded(options)
    expect(await recomputed(cache)).toMatchObject({ codes: 3, equal: 3, close: 0, different: 0, unchecked: [], bad: [] })
  })

  it('to equal bytes: random weights of a seed, found by name after a rebuild of the runs', async () => {
    const { cache, data } = await coded({ model: 'squeezenet', weights: 'random', seed: 3, size: 64 })
    expect(await recomputed(cache, { recompute: 1 })).toMatchObject({ codes: 1, equal: 1 })
    editCatalog(cache, 'DELETE FROM run')
    expect(await recomputed(cache, { recompute: 1 })).toMatchObject({ codes: 1, equal: 1 })
    expect(data).not.toBe('')
  })

  it('chosen by a seed, each once', async () => {
    const { cache } = await coded()
    put(dataOf(cache), 'a/none.txt', '')
    rmSync(dataOf(cache), { recursive: true })
    const chosen = async (seed: number) => (await recomputed(cache, { recompute: 2, seed })).unchecked.map(({ image }) => image)
    const seeds = [0, 1, 2, 3, 4, 5]
    const choices = await Promise.all(seeds.map(chosen))
    expect(await Promise.all(seeds.map(chosen))).toEqual(choices)
    expect(choices.map((choice) => new Set(choice).size)).toEqual(seeds.map(() => 2))
    expect(new Set(choices.map((choice) => choice.join())).size).toBeGreaterThan(1)
  })

  it('and finds other codes, which it drops', async () => {
    const { cache, fingerprint } = await coded()
    const flip = (code: Float32Array) => code.reverse()
    await replaceCodes(cache, fingerprint, { change: flip, made: engineInfo() })
    const found = await recomputed(cache)
    expect(found).toMatchObject({ codes: 3, equal: 0, different: 3 })
    expect(found.bad[0]?.reason).toMatch(/^row 0, computed again from image [0-9a-f]{64}, is another code \(cosine -?0\.\d{6}\)$/)
    expect(isBad(found)).toBe(true)
    expect(await recomputed(cache, { repair: true })).toMatchObject({ repaired: 3 })
    expect(await recomputed(cache)).toMatchObject({ codes: 0, shards: 0, bad: [] })
  })

  it.each([
    ['the same engine and CPU', {}, { equal: 0, close: 0, different: 3 }],
    ['another CPU', { cpu: 'another one' }, { equal: 0, close: 3, different: 0 }],
  ])('nearly, by %s', async (_, other, counts) => {
    const { cache, fingerprint } = await coded({ dtype: 'float32' })
    const nudge = (code: Float32Array) => {
      code[0] = (code[0] ?? 0) * 1.0001 + 1e-6
    }
    await replaceCodes(cache, fingerprint, { change: nudge, made: { ...engineInfo(), ...other } })
    expect(await recomputed(cache)).toMatchObject(counts)
  })

  it('far off, by another CPU', async () => {
    const { cache, fingerprint } = await coded()
    await replaceCodes(cache, fingerprint, { change: (code) => code.reverse(), made: { ...engineInfo(), cpu: 'another one' } })
    expect(await recomputed(cache)).toMatchObject({ close: 0, different: 3 })
  })
})

describe('verifyCache says why it cannot compute codes again, and blames nobody:', () => {
  type Coded = Awaited<ReturnType<typeof coded>>
  it.each<[string, ExtractOptions, (coded: Coded) => unknown, string]>([
    ['an image is gone', {}, ({ data }) => rmSync(join(data, 'a'), { recursive: true }), 'its image file is gone'],
    ['an image changed', {}, ({ data }) => changeAll(data), 'its image file has changed'],
    ['no file has the image', {}, ({ cache }) => editCatalog(cache, 'DELETE FROM file'), 'no data set has its image'],
    [
      'the model is gone',
      {},
      ({ model }) => rmSync(model),
      'Expected an .onnx, .h5, .keras or model.json file at MODEL, found no file there. Check the path',
    ],
    ['the model is another one', {}, ({ model }) => writeFileSync(model, otherModel()), 'its network, MODEL, is another one now'],
    ['no run tells the model', {}, ({ cache }) => editCatalog(cache, 'DELETE FROM run'), 'no run tells where its network is from'],
    [
      'the int8 graph is gone',
      { precision: 'int8' },
      ({ cache }) => rmSync(join(cache, 'models'), { recursive: true }),
      'its calibrated int8 graph is gone',
    ],
    ['the shard is damaged', {}, ({ cache, fingerprint }) => cutAll(join(cache, 'codes-v1', fingerprint)), 'its shard is not whole'],
  ])('%s', async (_, options, harm, reason) => {
    const found = await coded(options)
    await harm(found)
    const result = await recomputed(found.cache)
    expect(result).toMatchObject({ codes: 3, equal: 0, close: 0, different: 0, reasons: [reason.replaceAll('MODEL', found.model)] })
    expect(result.unchecked.length).toBe(3)
    expect(result.steps.find(({ name }) => name === 'recompute')?.problems).toEqual([])
  })

  it('finds an image that was moved within its data set since, by a copy that it knows', async () => {
    const { cache, data, model } = await coded()
    put(data, 'b/copy.png', await noisePng(1))
    await extractCodes({ data, cache, model, workers: 1 })
    renameSync(join(data, 'a/0.png'), join(data, 'a/elsewhere.png'))
    expect(await recomputed(cache)).toMatchObject({ codes: 3, equal: 3 })
  })

  it('computes nothing where the catalog cannot be used', async () => {
    const { cache } = await coded()
    writeFileSync(join(cache, 'codes-v1', 'catalog.sqlite'), 'this is no database, only text of some length'.repeat(100))
    expect(await recomputed(cache)).toMatchObject({ codes: 0, shards: 1 })
    const other = await coded()
    editCatalog(other.cache, 'DROP TABLE code')
    expect(await recomputed(other.cache)).toMatchObject({ codes: 0, shards: 1 })
  })
})

async function changeAll(data: string) {
  for (let i = 0; i < 3; i++) put(data, `a/${i}.png`, await noisePng(100 + i))
}

const otherModel = () =>
  writeOnnx(
    convolution({
      initializers: new Map([
        ['weight', noise([4, 3, 3, 3], 9)],
        ['bias', noise([4], 8)],
      ]),
    }),
  )

function cutAll(folder: string) {
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '')
}

describe('runSource', () => {
  let file: string
  beforeAll(() => {
    file = modelFile(convolution())
  })

  it.each([
    ['a name', () => runSource('vgg16', {}), () => ({ model: 'vgg16' })],
    ['random weights', () => runSource('vgg16', { weights: 'random' }), () => ({ model: 'vgg16', weights: 'random' })],
    ['a file', () => runSource(file, { weights: 'w.h5' }), () => ({ model: file, weights: resolve('w.h5') })],
    [
      'what details say',
      () => readSource('m', JSON.stringify({ source: runSource('m', { weights: 'w.h5' }) })),
      () => ({ model: 'm', weights: resolve('w.h5') }),
    ],
    ['what earlier details do not', () => readSource('m', '{}'), () => ({ model: 'm' })],
  ])('knows %s', (_, found, expected) => expect(found()).toEqual(expected()))
})
