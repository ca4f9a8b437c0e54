import { describe, expect, it } from 'vitest'
import { matrix } from '../../src/engine/gemm.js'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { openReader } from '../../src/evaluate/open-reader.js'
import { type NearestOptions, nearestCodes } from '../../src/search/nearest-codes.js'
import type { Near } from '../../src/search/top-list.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { cosine } from '../helpers/cosine.js'

type Coded = Parameters<typeof codedDataSet>[0]

interface Case {
  readonly coded: Coded
  /** Samples that are searched by. */
  readonly by: readonly number[]
  /** Multiplies the codes that are searched by. */
  readonly scale?: number
}

/** What is found, and what comparing each with each in double precision gives. */
async function search({ coded, by, scale = 1 }: Case, options: NearestOptions) {
  const data = openDataSet(await codedDataSet(coded))
  try {
    const opened = openReader(data, 'avg')
    const rows = opened.keys.map((key) => opened.reader.read([key]))
    const queries = by.map((sample) => (rows[sample] ?? []).map((value) => value * scale))
    const asked = matrix(by.length, opened.reader.length, Float32Array.from(queries.flatMap((query) => [...query])))
    const found = await nearestCodes(opened, asked, options)
    const expected = queries.map((query) => byCosine(rows, query).slice(0, options.top))
    return { found, expected }
  } finally {
    data.catalog.close()
  }
}

function byCosine(rows: readonly ArrayLike<number>[], query: ArrayLike<number>): Near[] {
  const all = rows.map((row, sample) => ({ sample, similarity: cosine(row, query) || 0 }))
  return all.sort((a, b) => b.similarity - a.similarity || a.sample - b.sample)
}

const samples = (lists: readonly (readonly Near[])[]) => lists.map((list) => list.map(({ sample }) => sample))

const usual: Coded = { counts: { ant: 40, bee: 50, cat: 33 }, shape: [2, 2, 12], signal: 1 }
/** Cosines that differ by 1e-8: float32, whose numbers near 1 lie 6e-8 apart, cannot tell them from each other. */
const alike: Coded = { counts: { ant: 300 }, shape: [40], signal: 1000 }

describe('nearestCodes', () => {
  it.each<[string, Case, NearestOptions]>([
    ['in one block', { coded: usual, by: [0, 60, 122] }, { top: 12 }],
    ['in blocks, the last one shorter', { coded: usual, by: [5, 100] }, { top: 12, block: 10 }],
    ['by rows of their own', { coded: usual, by: [7] }, { top: 5, block: 1 }],
    ['all of them', { coded: usual, by: [1, 2] }, { top: 500, block: 50 }],
    ['that float32 cannot tell apart', { coded: alike, by: [0, 150, 299] }, { top: 30, block: 64 }],
    ['of very large numbers', { coded: { ...usual, signal: 1e25 }, by: [3], scale: 1e12 }, { top: 10, block: 40 }],
    ['of very small numbers', { coded: usual, by: [3], scale: 1e-30 }, { top: 10 }],
  ])('finds what comparing each with each in double precision finds: %s', async (_, given, options) => {
    const { found, expected } = await search(given, options)
    expect(samples(found)).toEqual(samples(expected))
    for (const [query, list] of found.entries()) {
      for (const [at, { similarity }] of list.entries()) expect(similarity).toBeCloseTo(expected[query]?.[at]?.similarity ?? 2, 12)
    }
  })

  it('gives equal codes the similarity 1, just so, the first in the data set first', async () => {
    const coded = { counts: { ant: 9 }, shape: [5] }
    const first = await codedDataSet(coded)
    const second = await codedDataSet({ ...coded, counts: { ant: 9, bee: 3 } })
    for (const made of [first, second]) {
      const data = openDataSet(made)
      const opened = openReader(data, 'none')
      // Every key is that of the seventh image: the code is stored once, and is that of all samples.
      const keys = opened.keys.map(() => opened.keys[7] ?? '')
      const query = matrix(1, 5, opened.reader.read([keys[0] ?? '']))
      const found = await nearestCodes({ ...opened, keys }, query, { top: 4, block: 2 })
      data.catalog.close()
      expect(found).toEqual([[0, 1, 2, 3].map((sample) => ({ sample, similarity: 1 }))])
    }
  })

  it('gives each code the similarity 1 to itself, not nearly 1', async () => {
    const by = Array.from({ length: 123 }, (_, sample) => sample)
    const { found } = await search({ coded: usual, by }, { top: 1 })
    expect(found).toEqual(by.map((sample) => [{ sample, similarity: 1 }]))
  })

  it('knows no direction of zeros: everything is at 0', async () => {
    const { found } = await search({ coded: usual, by: [9], scale: 0 }, { top: 3 })
    expect(found).toEqual([[0, 1, 2].map((sample) => ({ sample, similarity: 0 }))])
    const zeros = await search({ coded: { ...usual, signal: 0 }, by: [9] }, { top: 2 })
    expect(samples(zeros.found)).toEqual(samples(zeros.expected))
  })

  it('leaves out what is not wanted, and tells how far it is', async () => {
    const told: number[][] = []
    const isWanted = (query: number, sample: number) => sample % 2 === query
    const { found } = await search(
      { coded: usual, by: [4, 4] },
      { top: 200, block: 50, isWanted, onProgress: (...done) => told.push(done) },
    )
    expect(found.map((list) => new Set(list.map(({ sample }) => sample % 2)))).toEqual([new Set([0]), new Set([1])])
    expect(found.map((list) => list.length)).toEqual([62, 61])
    expect(told).toEqual([
      [50, 123],
      [100, 123],
      [123, 123],
    ])
  })
})
