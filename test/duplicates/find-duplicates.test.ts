import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type DuplicatesResult, findDuplicates } from '../../src/duplicates/find-duplicates.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { copiedImages, copies } from '../helpers/copied-images.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { expectUsageError } from '../helpers/thrown.js'

const cache = tempFolder()
let data = ''
let plain: DuplicatesResult

beforeAll(async () => {
  data = await copiedImages()
  await extractCodes({ data, cache })
  plain = await findDuplicates({ data, cache })
}, 60_000)

describe('findDuplicates', () => {
  it('refuses a threshold that is no cosine', () =>
    expectUsageError(
      () => findDuplicates({ data, cache, threshold: 1.5 }),
      'Expected --threshold to be a cosine above -1 and up to 1, got 1.5.',
    ))

  it('tells copies by how they differ, and nothing else', () => {
    expect(plain.exact).toEqual([copies.bytes])
    expect(plain.pixelEqual).toEqual([copies.pixels])
    expect(plain.near.map(({ a, b, mirrored }) => [a, b, mirrored])).toEqual(
      expect.arrayContaining([copies.quality, copies.half].map((pair) => [...pair, false])),
    )
    expect(plain.near).toHaveLength(2)
    expect(plain.clusters).toEqual([copies.bytes, copies.pixels, copies.quality, copies.half])
    expect(plain.conflicts).toEqual([copies.pixels, copies.quality])
    expect(plain.unseen).toEqual([])
    for (const { similarity } of plain.near) expect(similarity).toBeGreaterThan(plain.threshold)
  })

  it('finds mirrored copies where it is asked to', async () => {
    const { near, mirror } = await findDuplicates({ data, cache, mirror: true })
    expect(mirror).toBe(true)
    expect(near.filter(({ mirrored }) => mirrored)).toEqual([
      { a: copies.mirrored[0], b: copies.mirrored[1], similarity: expect.closeTo(0.95, 1), mirrored: true },
    ])
  })

  it('leaves out the smaller ones of a class, and all where classes differ', async () => {
    expect(plain.leaveOut).toEqual(['bricks/copy.jpg', ...copies.pixels, ...copies.quality, 'crosses/half.jpg'])
    const exclude = new Set(plain.leaveOut)
    const { clusters, images } = await findDuplicates({ data, cache, exclude })
    expect([clusters, images]).toEqual([[], 47])
  })

  it('says which images it could not look at', async () => {
    const moved = await copiedImages()
    await extractCodes({ data: moved, cache })
    rmSync(join(moved, copies.half[1]))
    writeFileSync(join(moved, copies.quality[1]), 'no image')
    const { unseen, near } = await findDuplicates({ data: moved, cache })
    expect(unseen).toEqual(
      expect.arrayContaining([
        { path: copies.half[1], reason: 'It is gone.' },
        { path: copies.quality[1], reason: 'It is another file than when its code was made.' },
      ]),
    )
    expect(near).toEqual([])
  })
})

describe('training', () => {
  /** Seeds whose split leaks, and whose does not. */
  it.each([0, 1, 2, 3])('is measured with and without the test images that leak, or keeps clusters together (seed %i)', async (seed) => {
    const found = await findDuplicates({ data, cache, seed })
    const options = { data, cache, seed, pool: 'avg', name: 'leaks' } as const
    const trained = await trainHead(options)
    expect(trained.leaks).toEqual(found.leaks)
    expect(trained.leaksBy).toBe('pictures')
    const partner = new Map<string, string>(
      [copies.pixels, copies.quality, copies.half].flatMap(([a, b]) => [
        [a, b],
        [b, a],
      ]),
    )
    for (const { test, other } of trained.leaks) expect(partner.get(test)).toBe(other)
    expect(trained.cleanAccuracy === null).toBe(trained.leaks.length === 0)
    expect((await trainHead({ ...options, splitByCluster: true })).leaks).toEqual([])
  })
})
