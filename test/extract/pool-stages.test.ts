import { describe, expect, it } from 'vitest'
import type { BatchResult, NetworkSetup, Wanted, WorkerSetup } from '../../src/extract/messages.js'
import { type PoolSize, WorkerPool } from '../../src/extract/worker-pool.js'
import { node } from '../../src/graph/graph.js'
import { writeOnnx } from '../../src/graph/write-onnx.js'
import type { Preprocessing } from '../../src/images/preprocessing.js'
import { noisePng } from '../helpers/image-folder.js'
import { convolution, graphOf, value } from '../helpers/tiny-graph.js'

const preprocessing: Preprocessing = {
  ...{ resize: 'squish', resampler: 1, exif: true, icc: 'ignore', alpha: 'white', truncated: 'reject' },
  ...{ order: 'rgb', mean: [0, 0, 0], scale: [1, 1, 1] },
}
const common = { on: { engine: 'onnx', provider: 'cpu' }, layout: 'nchw', fixedBatch: undefined, preprocessing } as const
const free: NetworkSetup = { ...common, model: writeOnnx(convolution()), size: 8 }
/** Images of 10 × 10, three at a time. */
const fixed: NetworkSetup = {
  ...common,
  model: writeOnnx(
    convolution({
      inputs: [{ name: 'image', type: 'float32', dims: [3, 3, 10, 10] }],
      outputs: [{ name: 'y', type: 'float32', dims: [3, 4, 8, 8] }],
    }),
  ),
  size: 10,
  fixedBatch: 3,
}
/** What it gives does not fit into float16 for bright images, and is not finite for black ones. */
const wide: NetworkSetup = {
  ...common,
  model: writeOnnx(
    graphOf([node('GlobalAveragePool', 'mean', ['image']), node('Mul', 'square', ['mean', 'mean']), node('Div', 'one', ['mean', 'mean']), node('Mul', 'y', ['square', 'one'])], {}, { outputs: [value('y', ['n', 3, 1, 1])] }), // biome-ignore format: one node after the other
  ),
  size: 8,
  preprocessing: { ...preprocessing, scale: [0.5, 0.5, 0.5], resize: 'pad' },
}
const setup: WorkerSetup = { threads: 1, networks: [free, fixed, wide] }

const text = Buffer.from('text')
const noise = await Promise.all(Array.from({ length: 9 }, (_, seed) => noisePng(seed, { side: 12 + seed })))
const images = [...noise, text, await noisePng(1, { to: 0 }), await noisePng(2, { from: 200 })]

interface Batch {
  readonly images: readonly Uint8Array[]
  readonly wanted: readonly Wanted[]
}

/** Batches of 1 to 12 images, of which each network wants other ones, in float16 and float32 by turns. */
const batches = Array.from({ length: 24 }, (_, at): Batch => {
  const chosen = Array.from({ length: 1 + ((at * 5) % 12) }, (_, i) => images[(at * 7 + i) % images.length] ?? text)
  const wanted = setup.networks.map((_, which): Wanted => {
    const dtype = (at + which) % 4 === 3 ? 'float32' : 'float16'
    return { dtype, images: [...chosen.keys()].filter((position) => (position + at + which) % 4 > 0) }
  })
  return { images: chosen, wanted }
})

/** What came of a batch, as values that nobody overwrites. */
function kept({ results }: BatchResult) {
  return results.map(({ refused, dtype, shape, codes, heldBatch }) => ({ refused, dtype, shape, heldBatch, codes: [...codes] }))
}

/** Codes all batches, `atOnce` at a time; @param recycle whether their memory is used again. */
async function codeAll(pool: WorkerPool, { atOnce, recycle }: { readonly atOnce: number; readonly recycle: boolean }) {
  const found: ReturnType<typeof kept>[] = []
  const one = async ({ images, wanted }: Batch, at: number) => {
    const result = await pool.code(images, wanted)
    found[at] = kept(result)
    if (recycle) pool.recycle(result)
  }
  for (let from = 0; from < batches.length; from += atOnce)
    await Promise.all(batches.slice(from, from + atOnce).map((batch, i) => one(batch, from + i)))
  return found
}

async function withPool<T>(size: PoolSize, use: (pool: WorkerPool) => Promise<T>, of = setup): Promise<T> {
  const pool = await WorkerPool.start(of, size)
  try {
    return await use(pool)
  } finally {
    await pool.close()
  }
}

const expected = await withPool({ coders: 1 }, (pool) => codeAll(pool, { atOnce: 1, recycle: false }))
const all = (of: readonly Uint8Array[]): Wanted[] => [{ images: [...of.keys()], dtype: 'float16' }]

describe('a pool of one thread', () => {
  it('refuses what is no image and what is not finite, and switches to float32 where it must', () => {
    const causes = new Set(expected.flat().flatMap(({ refused }) => refused.map(({ cause }) => cause)))
    expect(causes).toEqual(new Set(['format', 'not-finite']))
    const dtypes = expected.map((results, at) => results.map(({ dtype }, which) => `${batches[at]?.wanted[which]?.dtype} ${dtype}`))
    expect(new Set(dtypes.flat())).toEqual(new Set(['float16 float16', 'float16 float32', 'float32 float32']))
  })
})

describe.each<[string, PoolSize, number]>([
  ['one thread, memory used again', { coders: 1 }, 1],
  ['one thread, three batches at a time', { coders: 1 }, 3],
  ['three threads', { coders: 3 }, 6],
  ['one thread for which others decode', { coders: 1, decoders: 2 }, 6],
  ['the same, one batch at a time', { coders: 1, decoders: 2 }, 1],
  ['two threads for which others decode', { coders: 2, decoders: 2 }, 8],
])('a pool of %s', (_, size, atOnce) => {
  it('gives the codes of one thread, bit for bit, many times over', async () => {
    await withPool(size, async (pool) => {
      for (let round = 0; round < 3; round++) expect(await codeAll(pool, { atOnce, recycle: true })).toEqual(expected)
      expect(await codeAll(pool, { atOnce, recycle: false })).toEqual(expected)
    })
  })
})

describe('a pool with decode threads', () => {
  it('starts them after two batches, by their times', async () => {
    await withPool({ coders: 1, decoders: 2 }, async (pool) => {
      const [batch] = batches
      const code = () => pool.code(batch?.images ?? [], batch?.wanted ?? [])
      expect([pool.threads, pool.size]).toEqual([{ decode: 1, forward: 1 }, 1])
      expect((await code()).seconds.decode).toBeGreaterThan(0)
      expect(pool.size).toBe(1)
      await code()
      expect([1, 2]).toContain(pool.threads.decode)
      expect([pool.threads.forward, pool.size]).toEqual([1, 1 + pool.threads.decode])
      expect((await code()).seconds).toEqual({ decode: 0, forward: expect.any(Number) })
    })
  })

  it('starts as many as there may be where nothing is computed', async () => {
    await withPool({ coders: 1, decoders: 3 }, async (pool) => {
      await Promise.all([1, 2, 3, 4].map(() => pool.code([], setup.networks.map(() => ({ images: [], dtype: 'float16' }))))) // biome-ignore format: short
      expect(pool.threads.forward).toBe(1)
      expect(pool.threads.decode).toBeGreaterThanOrEqual(1)
    })
  })

  it('finishes on closing what is in both stages, and takes no more', async () => {
    const pool = await WorkerPool.start(setup, { coders: 1, decoders: 2 })
    await codeAll(pool, { atOnce: 2, recycle: true })
    const under = batches.map(({ images, wanted }) => pool.code(images, wanted))
    const [found] = await Promise.all([Promise.all(under), pool.close()])
    expect(found.map(kept)).toEqual(expected)
    await expect(pool.code([text], all([text]))).rejects.toThrow('Expected the worker to stay alive, but it ended with code 0')
  })

  it('finishes on closing what it was asked before its decode threads were there', async () => {
    const pool = await WorkerPool.start(setup, { coders: 1, decoders: 2 })
    const under = batches.slice(0, 8).map(({ images, wanted }) => pool.code(images, wanted))
    const [found] = await Promise.all([Promise.all(under), pool.close()])
    expect(found.map(kept)).toEqual(expected.slice(0, 8))
  })

  it('rejects the batch where they cannot start, and can be closed', async () => {
    const own = { ...preprocessing }
    const pool = await WorkerPool.start({ threads: 1, networks: [{ ...free, preprocessing: own }] }, { coders: 1, decoders: 2 })
    Object.assign(own, { cannotBeSent: () => undefined })
    await pool.code(noise, all(noise))
    await expect(pool.code(noise, all(noise))).rejects.toThrow(/could not be cloned/)
    await pool.close()
  })

  it.each<[string, Partial<NetworkSetup>, RegExp]>([
    ['decoding', { preprocessing: { ...preprocessing, resize: 'crop:4' } }, /^Expected crop:4 to cover 8 × 8 pixels\.$/],
    ['computing', { size: 9 }, /invalid dimensions/],
  ])('rejects a batch that fails in %s, and goes on', async (_, change, message) => {
    await withPool(
      { coders: 1, decoders: 2 },
      async (pool) => {
        const refused = { results: [{ refused: [{ at: 0, cause: 'format' }], codes: new Uint16Array(0) }] }
        for (let batch = 0; batch < 2; batch++) expect(await pool.code([text], all([text]))).toMatchObject(refused)
        expect(pool.threads.decode).toBe(pool.size - 1)
        for (let batch = 0; batch < 3; batch++) {
          await expect(pool.code(noise, all(noise))).rejects.toThrow(message)
          expect(await pool.code([text], all([text]))).toMatchObject(refused)
        }
      },
      { threads: 1, networks: [{ ...free, ...change }] },
    )
  })

  it('is not hurt by memory that is given back late, and rejects what cannot be sent to a thread', async () => {
    await withPool({ coders: 1, decoders: 1 }, async (pool) => {
      const [first] = batches
      const code = () => pool.code(first?.images ?? [], first?.wanted ?? [])
      for (let batch = 0; batch < 3; batch++) {
        const spent = await code()
        pool.recycle(spent)
        pool.recycle(spent)
        await expect(code()).rejects.toThrow(/ArrayBuffer/) // the same memory twice
        pool.recycle(await code())
        pool.recycle(spent)
        expect(kept(await code())).toEqual(expected[0])
      }
    })
  })
})
