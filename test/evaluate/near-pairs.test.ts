import { expect, it } from 'vitest'
import { seededRandom } from '../../src/base/random.js'
import { matrix, rowsOf } from '../../src/engine/gemm.js'
import { nearPairs } from '../../src/evaluate/near-pairs.js'
import { nearestCosines } from '../../src/evaluate/nearest-cosines.js'
import type { UnitCodes } from '../../src/evaluate/unit-codes.js'

/** Random unit vectors of four numbers, more than one block of the products holds. */
function unitCodes(count: number): UnitCodes & { readonly cosine: (a: number, b: number) => number } {
  const random = seededRandom(5)
  const all = matrix(count, 4)
  for (let row = 0; row < count; row++) {
    const values = Array.from({ length: 4 }, () => random() - 0.5)
    const norm = Math.hypot(...values)
    all.data.set(
      values.map((value) => value / norm),
      row * 4,
    )
  }
  const images = Array.from({ length: count }, (_, row) => String(row).padStart(5, '0'))
  const cosine = (a: number, b: number) =>
    [0, 1, 2, 3].reduce((sum, at) => sum + (all.data[4 * a + at] as number) * (all.data[4 * b + at] as number), 0)
  return { images, rows: (from, to) => rowsOf(all, from, to), cosine }
}

it.each([3, 1024, 4500])('finds of %i images every near pair once, most alike first', async (count) => {
  const codes = unitCodes(count)
  const threshold = 0.9995
  const expected: string[] = []
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) if (codes.cosine(a, b) >= threshold) expected.push(`${codes.images[a]} ${codes.images[b]}`)
  }
  const pairs = await nearPairs(codes, threshold)
  expect(pairs.map(({ a, b }) => `${a} ${b}`).sort()).toEqual(expected)
  for (const { a, b, similarity } of pairs) expect(similarity).toBeCloseTo(codes.cosine(Number(a), Number(b)), 5)
  expect(pairs.map(({ similarity }) => similarity)).toEqual(pairs.map(({ similarity }) => similarity).sort((x, y) => y - x))
})

it.each([2, 500, 3000])('knows the nearest neighbours of a sample of %i images', async (count) => {
  const codes = unitCodes(count)
  const nearest = await nearestCosines(codes)
  expect(nearest).toHaveLength(Math.min(count, 2048))
  for (const row of [0, 1, nearest.length - 1]) {
    const best = Math.max(...codes.images.flatMap((_, other) => (other === row ? [] : [codes.cosine(row, other)])))
    expect(nearest[row]).toBeCloseTo(best, 5)
  }
})

it('knows no neighbour of one image alone', async () => {
  expect(await nearestCosines(unitCodes(1))).toEqual(new Float64Array(0))
})
