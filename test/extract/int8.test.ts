import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cachePaths } from '../../src/cache/paths.js'
import { calibrationBatches } from '../../src/extract/calibration-batches.js'
import { extractCodes, extractSeveral } from '../../src/extract/extract-codes.js'
import type { InputSetup } from '../../src/extract/messages.js'
import type { ExtractOptions } from '../../src/extract/options.js'
import { planCodes } from '../../src/extract/plan-codes.js'
import { node } from '../../src/graph/graph.js'
import type { Preprocessing } from '../../src/images/preprocessing.js'
import { folderState } from '../helpers/folder-state.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { codesByPath, storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, graphOf, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const int8Folder = (cache: string) => join(cachePaths(cache).models, 'int8-v1')

/** A data set with an empty cache, and an int8 run over it. */
async function setup() {
  const [data, cache] = [await imageFolder({ a: 4, b: 3 }), tempFolder()]
  const run = (options: ExtractOptions = {}) => extractCodes({ data, cache, model, workers: 1, precision: 'int8', ...options })
  const graphs = () => readdirSync(int8Folder(cache)).map((name) => join(int8Folder(cache), name))
  return { data, cache, run, graphs }
}

describe('codes in int8', () => {
  it('are near those in float32, under a fingerprint of their own', async () => {
    const { data, cache } = await setup()
    const { runs } = await extractSeveral({ data, cache, models: [model], precisions: ['float32', 'int8'], workers: 1 })
    const [exact, rounded] = runs
    expect(runs.map(({ precision, computed }) => [precision, computed])).toEqual([
      ['float32', 7],
      ['int8', 7],
    ])
    expect(exact?.fingerprint).not.toBe(rounded?.fingerprint)
    const [a, b] = runs.map(({ fingerprint }) => codesByPath(cache, fingerprint, data))
    for (const [path, code] of a ?? []) {
      const largest = Math.max(...code)
      const off = Math.max(...code.map((value, i) => Math.abs(value - (b?.get(path)?.[i] ?? 0))))
      expect(off).toBeGreaterThan(0)
      expect(off / largest).toBeLessThan(0.03)
    }
  })

  it('are calibrated once: images that come later do not change the network', async () => {
    const { data, cache, run, graphs } = await setup()
    const first = await run()
    put(data, 'b/bright.png', await noisePng(60, { from: 250 }))
    const second = await run()
    expect([second.fingerprint, second.computed, second.cached]).toEqual([first.fingerprint, 1, 7])
    expect(graphs()).toHaveLength(1)
    const again = await run({ recalibrate: true })
    expect(again.fingerprint).not.toBe(first.fingerprint)
    expect([again.computed, graphs().length]).toEqual([8, 1])
    expect(await run()).toMatchObject({ fingerprint: again.fingerprint, computed: 0 })
    expect(storedCodes(cache, first.fingerprint).size).toBe(8)
  })

  it('are calibrated again where the kept graph is damaged, to the same graph from the same images', async () => {
    const { run, graphs } = await setup()
    const first = await run()
    const [path = ''] = graphs()
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    writeFileSync(path, bytes)
    expect(await run()).toMatchObject({ fingerprint: first.fingerprint, computed: 0 })
    expect(graphs()).toEqual([path])
  })

  it('are planned without writing anything', async () => {
    const { data, cache, run } = await setup()
    const before = folderState(cache)
    const plan = await planCodes({ data, cache, model, workers: 1, precision: 'int8' })
    expect(folderState(cache)).toEqual(before)
    expect(plan).toMatchObject({ images: 7, hits: 0, misses: 7 })
    expect((await run()).fingerprint).toBe(plan.fingerprint)
  })

  it('are refused where the calibrated graph cannot be kept', async () => {
    const { cache, run } = await setup()
    writeFileSync(cachePaths(cache).models, 'a file in the place of the folder')
    const error = await userErrorOf(() => run())
    expect(error.message).toBe(
      `Expected to read and write calibrated graphs in ${int8Folder(cache)}, but that is not possible: ENOTDIR: not a directory, mkdir '${int8Folder(cache)}'. See to room and permissions there, or use --precision float32.`,
    )
  })

  it.each<[string, () => Promise<ExtractOptions>, RegExp]>([
    [
      'no image to calibrate on',
      async () => {
        const data = tempFolder()
        put(data, 'a/text.png', 'text')
        return { data, model }
      },
      /^Expected an image to calibrate net\.onnx for --precision int8 in .*, found that none can be used\.$/,
    ],
    [
      'a network without weights',
      async () => ({ data: await imageFolder({ a: 1 }), model: modelFile(graphOf([node('Relu', 'y', ['image'])], {})) }),
      /^Expected convolutions or dense layers with constant float32 weights for --precision int8, found none\. Use --precision float32\.$/,
    ],
  ])('refuse %s', async (_, options, message) => {
    const error = await userErrorOf(async () => extractCodes({ cache: tempFolder(), workers: 1, precision: 'int8', ...(await options()) }))
    expect(error.message).toMatch(message)
  })
})

describe('calibrationBatches', () => {
  const preprocessing: Preprocessing = {
    resize: 'squish',
    resampler: 1,
    exif: true,
    icc: 'ignore',
    alpha: 'white',
    truncated: 'reject',
    order: 'rgb',
    mean: [0, 0, 0],
    scale: [1, 1, 1],
  }
  const setupOf = (fixedBatch?: number): InputSetup => ({ size: 4, layout: 'nhwc', fixedBatch, preprocessing })

  it.each([
    [undefined, [8, 3], 11],
    [4, [4, 4, 4], 12],
  ])('with a fixed batch of %s', async (fixedBatch, sizes, images) => {
    const root = await imageFolder({ a: 11 })
    put(root, 'a/bad.png', 'text')
    const paths = readdirSync(join(root, 'a')).map((name) => `a/${name}`)
    const found: number[][] = []
    for await (const { data, dims } of calibrationBatches(setupOf(fixedBatch), { root, paths, exclude: undefined })) {
      expect(data.length).toBe(dims.reduce((product, side) => product * side, 1))
      found.push([...dims])
    }
    expect(found.reduce((sum, [count = 0]) => sum + count, 0)).toBe(images)
    expect(found.every(([, ...rest]) => rest.join() === '4,4,3')).toBe(true)
    expect(found).toHaveLength(sizes.length)
  })

  it('takes at most 128 images, the same ones each time', async () => {
    const root = tempFolder()
    for (let i = 0; i < 130; i++) put(root, `a/${i}.png`, await noisePng(i, { side: 2 }))
    const paths = Array.from({ length: 130 }, (_, i) => `a/${i}.png`)
    const rounds = await Promise.all(
      [0, 1].map(async () => {
        const rows: number[] = []
        for await (const { data, dims } of calibrationBatches(setupOf(), { root, paths, exclude: undefined }))
          rows.push(dims[0] ?? 0, data[0] ?? 0)
        return rows
      }),
    )
    expect(rounds[0]).toEqual(rounds[1])
    expect(rounds[0]?.filter((_, at) => at % 2 === 0).reduce((sum, count) => sum + count, 0)).toBe(128)
  })
})
