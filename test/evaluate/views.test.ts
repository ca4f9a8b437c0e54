import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { openCatalog } from '../../src/cache/catalog.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { matrix } from '../../src/engine/gemm.js'
import { openCodeSources } from '../../src/evaluate/code-sources.js'
import { type DataSetOptions, openDataSet } from '../../src/evaluate/data-set.js'
import type { HeadOptions } from '../../src/evaluate/head-options.js'
import { measureHead } from '../../src/evaluate/measure-head.js'
import { openReader } from '../../src/evaluate/open-reader.js'
import { splitDataSet } from '../../src/evaluate/split-data-set.js'
import { sweepSamples } from '../../src/evaluate/sweep-samples.js'
import { testScores } from '../../src/evaluate/test-scores.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { drawViews, inAllViews } from '../../src/evaluate/view-table.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { codedViews } from '../helpers/coded-views.js'
import { userErrorOf } from '../helpers/thrown.js'

const counts = { a: 12, b: 12, c: 12 }

/** Made-up classes, and three more views of each image that are noisier. */
async function viewed({ length = 5, views = [1, 2, 3], part }: { length?: number; views?: readonly number[]; part?: 'halves' } = {}) {
  const set = await codedDataSet({
    counts,
    shape: [1, 1, length],
    signal: 1,
    ...(part ? { part: (at: number) => (at % 2 === 0 ? ('train' as const) : ('test' as const)) } : {}),
  })
  const images = set.files.map(({ image }) => image ?? '')
  const random = seededRandom(3)
  const noise = Array.from({ length: images.length * 4 }, () => Array.from({ length }, () => random() - 0.5))
  const codeOf = (image: number, view: number) => noise[image * 4 + view] ?? []
  await codedViews({ cache: set.cache, identity: set.fingerprint.json, shape: [1, 1, length], images, views, codeOf })
  return { ...set, codeOf }
}

describe('--views is refused', () => {
  it.each<[DataSetOptions & HeadOptions, (data: string, cache: string) => string]>([
    [{ views: 0 }, () => 'Expected --views to be a whole number above 0, got 0.'],
    [
      { views: 8 },
      (data, cache) =>
        `Expected 8 views of each image, found 4 with the plain one. Make them with: npm run codes -- --data ${data} --cache ${cache} --model net.onnx --layer y --size 8 --views 8 --augment flip`,
    ],
    [
      { views: 2, augment: 'vflip', augmentSeed: 3 },
      (data, cache) =>
        `Expected 2 views of each image by vflip, found 1 with the plain one. Make them with: npm run codes -- --data ${data} --cache ${cache} --model net.onnx --layer y --size 8 --views 2 --augment vflip --augment-seed 3`,
    ],
    [{ tta: true }, () => 'Expected --tta to be given with --views of at least 2, got true.'],
    [
      { views: 2, solver: 'ridge' },
      () => 'Expected --views to be 1 with --solver ridge, which takes every code for an image, got 2. Use --solver lbfgs, svm or adam.',
    ],
  ])('%j', async (options, message) => {
    const { data, cache } = await viewed()
    const error = await userErrorOf(() => trainHead({ data, cache, ...options }))
    expect(error.message).toBe(message(data, cache))
  })

  it('where a view lacks an image', async () => {
    const { data, cache, files, fingerprint, codeOf } = await viewed({ views: [1] })
    const images = files.slice(1).map(({ image }) => image ?? '')
    await codedViews({ cache, identity: fingerprint.json, shape: [1, 1, 5], images, views: [2], codeOf })
    const error = await userErrorOf(async () => openDataSet({ data, cache, views: 3 }))
    expect(error.message).toContain('Expected 3 views of each image, found 2 with the plain one.')
  })
})

describe('openDataSet', () => {
  it('takes the newest views that are complete, or those that are asked for', async () => {
    const { data, cache, files, fingerprint, codeOf } = await viewed()
    const images = files.map(({ image }) => image ?? '')
    const more = { cache, identity: fingerprint.json, shape: [1, 1, 5], images, codeOf }
    await codedViews({ ...more, views: [1, 2], spec: 'vflip', seed: 4 })
    await codedViews({ ...more, views: [2], spec: 'crop:0.5-1' })
    const found = [{ views: 1 }, { views: 2 }, { views: 4 }, { views: 3, augment: 'flip' }].map((options) => {
      const { catalog, views, name } = openDataSet({ data, cache, ...options })
      catalog.close()
      return [views?.spec, views?.seed, views?.records.length, name.replace(basename(data), 'DATA')]
    })
    expect(found).toEqual([
      [undefined, undefined, undefined, 'DATA-net.onnx'],
      ['vflip', 4, 1, 'DATA-net.onnx-views2'],
      ['flip', 0, 3, 'DATA-net.onnx-views4'],
      ['flip', 0, 2, 'DATA-net.onnx-views3'],
    ])
  })
})

describe('convex solvers', () => {
  // Codes of 5 numbers are trained on as they are, those of 200 through the Gram matrix.
  it.each([
    ['weight', 5, 'lbfgs'],
    ['gram', 200, 'lbfgs'],
    ['weight', 5, 'svm'],
  ] as const)('in %s space (%d) learn by %s what they learn from images with these codes', async (space, length, solver) => {
    const { data, cache, files, codeOf } = await viewed({ length, part: 'halves' })
    const options = { validation: '0', l2: 1e-4, solver }
    const kernel = async (of: DataSetOptions) => {
      const set = openDataSet(of)
      try {
        const { head, figures } = await measureHead(set, options)
        const [dense] = await head.layers()
        return { kernel: dense?.tensors.kernel?.data ?? new Float32Array(), space: figures.space, test: figures.test, train: figures.train }
      } finally {
        set.catalog.close()
      }
    }
    const found = await kernel({ data, cache, views: 4 })
    expect([found.space, found.train, found.test]).toEqual([space, 18, 18])

    // The same codes as images of their own: plain ones as before, views beside those that are to train.
    const copies = await codedDataSet({
      counts: { a: 48, b: 48, c: 48 },
      shape: [1, 1, length],
      part: (at) => (at % 4 === 0 && at % 8 !== 0 ? 'test' : 'train'),
    })
    const plain = openDataSet({ data, cache })
    const codes = openReader(plain, 'none').reader.read(files.map(({ image }) => image ?? ''))
    plain.catalog.close()
    const catalog = openCatalog(copies.cache)
    catalog.codes.forget([...catalog.codes.shards(copies.fingerprint.id)])
    const writer = new ShardWriter(catalog, JSON.parse(copies.fingerprint.json))
    const rows = copies.files.flatMap((_, at) => {
      const [image, view] = [Math.floor(at / 4), at % 4]
      return view === 0 ? [...codes.subarray(image * length, (image + 1) * length)] : [...codeOf(image, view)]
    })
    await writer.add({
      images: copies.files.map(({ image }) => image ?? ''),
      shape: [1, 1, length],
      dtype: 'float32',
      codes: Float32Array.from(rows),
    })
    await writer.close()
    // Views of test images are left out.
    const exclude = new Set(copies.files.flatMap(({ image }, at) => (at % 4 > 0 && Math.floor(at / 4) % 2 === 1 ? (image ?? '') : [])))
    catalog.close()
    const expected = await kernel({ data: copies.data, cache: copies.cache, exclude })
    expect([expected.train, expected.test, files.length]).toEqual([72, 18, 36])
    expect(found.kernel.length).toBe(expected.kernel.length)
    const largest = Math.max(...expected.kernel.map(Math.abs))
    for (const [at, value] of found.kernel.entries())
      expect(Math.abs(value - (expected.kernel[at] ?? Number.NaN))).toBeLessThan(2e-3 * largest)
  })

  it('choose the L2 on plain images and fit again on all views', async () => {
    const { data, cache } = await viewed()
    const { accuracy, settings, train, validation, test } = await trainHead({ data, cache, views: 4, tta: true })
    expect([train, validation, test]).toEqual([21, 3, 12])
    expect(settings).toMatchObject({ views: 4, augment: 'flip', augmentSeed: 0, testViews: 4 })
    expect(accuracy.test).toBeGreaterThan(0.3)
  })
})

describe('mini-batches', () => {
  it('draw a view of every sample in every epoch, the same for the same seed', async () => {
    const { data, cache, files, codeOf } = await viewed()
    const set = openDataSet({ data, cache, views: 4 })
    const placeOf = (sample: number) => files.findIndex(({ image }) => image === set.images[sample]?.sha256)
    const parts = splitDataSet(set, {})
    const epochs = async (seed: number) => {
      const source = openCodeSources(set, { pool: 'none', seed, batch: 4 }, () => 0).train(parts.train)
      const all: Map<number, number>[] = []
      for (const epoch of [0, 1, 2]) {
        const drawn = new Map<number, number>()
        for await (const { samples, buffer, columns } of source.windows(epoch)) {
          const codes = new Float32Array(buffer)
          for (const [row, sample] of samples.entries()) {
            const [image, view] = [sample % 36, Math.floor(sample / 36)]
            drawn.set(image, view)
            if (view > 0)
              expect([...codes.subarray(row * columns, (row + 1) * columns)]).toEqual([...Float32Array.from(codeOf(placeOf(image), view))])
          }
        }
        expect([...drawn.keys()].sort((a, b) => a - b)).toEqual([...parts.train].sort((a, b) => a - b))
        all.push(drawn)
      }
      return all
    }
    const first = await epochs(0)
    expect(new Set(first.flatMap((drawn) => [...drawn.values()]))).toEqual(new Set([0, 1, 2, 3]))
    expect(first[0]).not.toEqual(first[1])
    expect(await epochs(0)).toEqual(first)
    expect(await epochs(1)).not.toEqual(first)
    set.catalog.close()
  })

  it('train to the same numbers twice', async () => {
    const { data, cache } = await viewed()
    const options = { data, cache, views: 4, solver: 'adam', epochs: 3, lr: 0.01 } as const
    const [one, other] = [await trainHead(options), await trainHead({ ...options, name: 'other' })]
    expect(one.history).toEqual(other.history)
    const plain = await trainHead({ ...options, views: 1, name: 'plain' })
    expect(plain.history).not.toEqual(one.history)
    expect((await trainHead({ ...options, grid: { lr: [0.01, 0.02] }, lr: undefined, name: 'grid' })).settings.views).toBe(4)
  })
})

describe('sweepSamples', () => {
  it('sweeps heads on views, on images that are counted once', async () => {
    const { data, cache } = await viewed()
    const options = { data, cache, perClass: [4], repeats: 2 }
    const [plain, views, tested] = [
      await sweepSamples(options),
      await sweepSamples({ ...options, views: 4 }),
      await sweepSamples({ ...options, views: 4, tta: true }),
    ]
    expect([plain, views, tested].map(({ points, test }) => [points[0]?.trainImages, test])).toEqual(Array(3).fill([12, 12]))
    expect([plain, views, tested].map((sweep) => sweep.views)).toEqual([
      { train: 1, test: 1 },
      { train: 4, test: 1 },
      { train: 4, test: 4 },
    ])
    expect(views.name).toContain('views4')
  })
})

describe('testScores', () => {
  const parts = {
    test: Int32Array.of(1),
    views: { images: 2, count: 2 },
    labels: Int32Array.of(0, 1, 0, 1),
    classes: ['a', 'b'],
    train: new Int32Array(),
    validation: new Int32Array(),
    conflicts: [],
  }
  /** Logits of image 1: odds 1 : 3 in the plain view, 3 : 1 · 9 in the other. */
  const head = {
    scores: async ([sample]: Int32Array) => matrix(1, 2, Float32Array.from(sample === 1 ? [0, Math.log(3)] : [Math.log(9), 0])),
  }

  it.each([
    ['plain', { tta: false, head: 'softmax', solver: 'lbfgs' }, [0, Math.log(3)]],
    // (1/4 + 9/10) / 2 and the rest
    ['probabilities of classes', { tta: true, head: 'softmax', solver: 'lbfgs' }, [Math.log(0.575), Math.log(0.425)]],
    // (1/2 + 9/10) / 2 = 0.7 and (3/4 + 1/2) / 2 = 0.625
    ['probabilities of labels', { tta: true, head: 'sigmoid', solver: 'adam' }, [Math.log(7 / 3), Math.log(5 / 3)]],
    ['margins', { tta: true, head: 'softmax', solver: 'svm' }, [Math.log(9) / 2, Math.log(3) / 2]],
  ] as const)('%s', async (_name, options, expected) => {
    const { data } = await testScores(head, parts, options)
    for (const [at, value] of data.entries()) expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 5)
  })
})

describe('samples in views', () => {
  it('follow each other view by view', () => {
    expect([...inAllViews(Int32Array.of(4, 2), { views: { images: 5, count: 3 } })]).toEqual([4, 2, 9, 7, 14, 12])
    expect([...inAllViews(Int32Array.of(4, 2), {})]).toEqual([4, 2])
  })

  it('are drawn equally often', () => {
    const samples = Int32Array.from({ length: 1000 }, (_, at) => at)
    const views = [0, 1, 2].flatMap((epoch) =>
      [...drawViews(samples, { images: 1000, count: 4 }, { seed: 0, epoch })].map((drawn) => Math.floor(drawn / 1000)),
    )
    for (const view of [0, 1, 2, 3]) expect(Math.abs(views.filter((one) => one === view).length - 750)).toBeLessThan(75)
  })
})
