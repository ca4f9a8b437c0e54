import { copyFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { extractCodes, extractSeveral } from '../../src/extract/extract-codes.js'
import type { ExtractSeveralOptions } from '../../src/extract/options.js'
import { planSeveral } from '../../src/extract/plan-codes.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile, tensor } from '../helpers/tiny-graph.js'

const free = modelFile(convolution())
/** Another network: images of 10 × 10, three at a time. */
const fixed = modelFile(
  convolution({
    inputs: [{ name: 'image', type: 'float32', dims: [3, 3, 10, 10] }],
    outputs: [{ name: 'y', type: 'float32', dims: [3, 4, 8, 8] }],
  }),
)
/** The same file under another name. */
const twin = modelFile(convolution(), 'twin.onnx')

const counts = ({ computed, cached, quarantined }: { computed: number; cached: number; quarantined: number }) => [
  computed,
  cached,
  quarantined,
]

describe('extractSeveral', () => {
  it('gives each network and layer the very codes that it gives alone', async () => {
    const data = await imageFolder({ a: 5, b: 2 })
    copyFileSync(join(data, 'a/0.png'), join(data, 'b/copy.png'))
    const cache = tempFolder()
    const result = await extractSeveral({ data, cache, models: [free, fixed], layers: ['conv', 'y'], workers: 2, batch: 2 })
    expect(result.runs.map(({ model, layer, codeShape, computed }) => [model, layer, codeShape, computed])).toEqual([
      [free, 'conv', [6, 6, 4], 7],
      [free, 'y', [6, 6, 4], 7],
      [fixed, 'conv', [8, 8, 4], 7],
      [fixed, 'y', [8, 8, 4], 7],
    ])
    expect([result.images, ...counts(result)]).toEqual([8, 7, 1, 0])
    for (const { model, layer, fingerprint } of result.runs) {
      const alone = tempFolder()
      const only = await extractCodes({ data, cache: alone, model, layer, workers: 1 })
      expect(only.fingerprint).toBe(fingerprint)
      expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
    }
  })

  it('computes for each network only what that one misses', async () => {
    const data = await imageFolder({ a: 4 })
    const cache = tempFolder()
    await extractCodes({ data, cache, model: free, workers: 1 })
    put(data, 'a/new.png', await noisePng(40))
    const both = await extractSeveral({ data, cache, models: [free, fixed], workers: 1, batch: 3 })
    expect(both.runs.map(counts)).toEqual([
      [1, 4, 0],
      [5, 0, 0],
    ])
    expect(counts(both)).toEqual([5, 0, 0])
    expect(counts(await extractSeveral({ data, cache, models: [free, fixed] }))).toEqual([0, 5, 0])
    expect(both.runs.map(({ fingerprint }) => storedCodes(cache, fingerprint).size)).toEqual([5, 5])
  })

  it('names a bad image once for each network, and keeps what an earlier run refused', async () => {
    const data = await imageFolder({ a: 3 })
    put(data, 'a/bad.png', 'text')
    const cache = tempFolder()
    const before = await extractCodes({ data, cache, model: free, workers: 1 })
    const both = await extractSeveral({ data, cache, models: [free, fixed], workers: 1 })
    expect(both.runs.map(({ quarantine }) => quarantine)).toEqual([before.quarantine, before.quarantine])
    expect([both.images, ...counts(both)]).toEqual([4, 3, 0, 1])
    const again = await extractSeveral({ data, cache, models: [free, fixed], workers: 1 })
    expect(again.runs.map(counts)).toEqual([
      [0, 3, 1],
      [0, 3, 1],
    ])
  })

  it('makes the same kind of code once, however often it is asked for', async () => {
    const data = await imageFolder({ a: 2 })
    const { runs } = await extractSeveral({ data, cache: tempFolder(), models: [free, twin], layers: ['y', 'y'], workers: 1 })
    expect(runs).toHaveLength(1)
  })

  it('plans what it does', async () => {
    const data = await imageFolder({ a: 4 })
    const cache = tempFolder()
    await extractCodes({ data, cache, model: free, workers: 1 })
    const plan = await planSeveral({ data, cache, models: [free, fixed], workers: 1 })
    expect(plan).toMatchObject({ images: 4, hits: 0, misses: 4, unusable: 0, diskBytes: 4 * 256 * 2 })
    expect(plan.runs.map(({ misses, codeShape }) => [misses, codeShape])).toEqual([
      [0, [6, 6, 4]],
      [4, [8, 8, 4]],
    ])
  })

  it('refuses one weight file for several models', async () => {
    const data = await imageFolder({ a: 1 })
    const error = await userErrorOf(() => extractSeveral({ data, cache: tempFolder(), models: ['vgg16', 'vgg19'], weights: 'w.h5' }))
    expect(error.message).toBe(
      'Expected --weights to be given with one --model, since a file fits one network only, got "w.h5". Run codes once for each model.',
    )
  })
})

describe('extractSeveral refuses', () => {
  it.each<[ExtractSeveralOptions, string]>([
    [{ size: 4096 }, 'Expected --size to be at most 2048, got 4096.'],
    [
      { resizes: ['crop:0'] },
      'Expected --resize to be one of squish, keras-nearest, tf-bilinear, pad or crop:N, such as crop:256, got "crop:0".',
    ],
    [{ recalibrate: true }, 'Expected --precision to be int8 with --recalibrate, got "float32". Leave out --recalibrate.'],
    [
      { engine: 'tensorflow', precisions: ['float32', 'int8'] },
      'Expected --precision to be float32 with --engine tensorflow, got "int8". Leave out --engine, or use float32.',
    ],
  ])('%j', async (options, message) => {
    const error = await userErrorOf(() => extractSeveral({ data: tempFolder(), cache: tempFolder(), ...options }))
    expect([error.message, error.exitCode]).toEqual([message, 2])
  })

  it('a network that gives no numbers, and keeps what another one gave', async () => {
    const data = await imageFolder({ a: 3 })
    const cache = tempFolder()
    const nan = modelFile(
      convolution({ initializers: new Map([...convolution().initializers, ['bias', tensor([4], [Number.NaN, 0, 0, 0])]]) }),
      'nan.onnx',
    )
    const error = await userErrorOf(() => extractSeveral({ data, cache, models: [nan, free], workers: 1 }))
    expect(error.message).toBe(
      `Expected finite numbers from ${nan}, found NaN or infinite ones for all 3 images of ${data}. Check its weights, and --mean and --scale.`,
    )
    const set = openDataSet({ data, cache })
    expect([set.model, set.images.length]).toEqual([free, 3])
    set.catalog.close()
  })
})

describe('openDataSet after several kinds of codes', () => {
  it('finds each by its layer, the last one without', async () => {
    const data = await imageFolder({ a: 3, b: 3 })
    const cache = tempFolder()
    const { runs } = await extractSeveral({ data, cache, models: [free], layers: ['conv', 'y'], workers: 1 })
    const found = [{ layer: 'conv' }, { layer: 'y' }, {}, { size: 8, precision: 'float32' }].map((filter) => {
      const set = openDataSet({ data, cache, model: free, ...filter })
      set.catalog.close()
      return set.fingerprint.digest
    })
    expect(found).toEqual([runs[0], runs[1], runs[1], runs[1]].map((run) => run?.fingerprint))
    const notes: string[] = []
    const names = [{}, { layer: 'y' }].map((filter) => {
      const set = openDataSet({ data, cache, model: free, ...filter, onNote: (text) => notes.push(text) })
      set.catalog.close()
      return set.name
    })
    expect(names).toEqual(Array(2).fill(`${basename(data)}-net.onnx-y`))
    expect(notes).toEqual([
      `Several kinds of codes fit; taken are the last: ${free}, layer y, size 8, float32, squish. Choose with --layer.`,
    ])
    const error = await userErrorOf(async () => openDataSet({ data, cache, model: free, layer: 'z', size: 9 }))
    expect(error.message).toBe(
      `Expected codes of ${free} for the images of ${data}, found none in ${cache} but those of ${free}, layer conv, size 8, float32, squish; ${free}, layer y, size 8, float32, squish. Make them with: npm run codes -- --data ${data} --cache ${cache} --model ${free} --layer z --size 9`,
    )
  })

  it('says so where the weights are random', async () => {
    const data = await imageFolder({ a: 2, b: 2 })
    const cache = tempFolder()
    const notes: string[] = []
    const open = (model: string) => openDataSet({ data, cache, model, onNote: (text) => notes.push(text) }).catalog.close()
    await extractSeveral({ data, cache, models: [free], workers: 1 })
    open(free)
    expect(notes).toEqual([])
    await extractSeveral({ data, cache, models: ['squeezenet'], weights: 'random', size: 48, workers: 1 })
    open('squeezenet')
    expect(notes).toEqual(['The network of these codes has random weights: accuracies on them mean nothing.'])
  })
})
