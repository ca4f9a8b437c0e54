import { expect, it } from 'vitest'
import { openDataSet } from '../../src/evaluate/data-set.js'
import { nearDuplicates, nearThreshold } from '../../src/evaluate/near-duplicates.js'
import { splitDataSet } from '../../src/evaluate/split-data-set.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { codesByPath } from '../helpers/stored-codes.js'

/** Means over the positions of a code [positions, channels]. */
function pooled(code: Float32Array, channels: number): number[] {
  const sums = new Array<number>(channels).fill(0)
  code.forEach((value, i) => {
    sums[i % channels] = (sums[i % channels] ?? 0) + value
  })
  return sums.map((sum) => (sum * channels) / code.length)
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

it.each([
  ['weight space', [2, 2, 6], 6],
  ['gram space', [2, 2, 300], 300],
])('finds in %s the test images whose nearest train or validation image is as near as asked', async (_, shape, channels) => {
  const made = await codedDataSet({ counts: { ant: 40, bee: 40 }, shape, signal: 2 })
  const data = openDataSet(made)
  const parts = splitDataSet(data, {})
  const codes = codesByPath(made.cache, made.fingerprint.digest, data.root)
  const pools = data.images.map(({ path }) => pooled(codes.get(path) ?? new Float32Array(), channels))
  const others = [...parts.train, ...parts.validation]
  const nearest = [...parts.test].map((test) => {
    const similarities = others.map((other) => cosine(pools[test] ?? [], pools[other] ?? []))
    const similarity = Math.max(...similarities)
    return { test, train: others[similarities.indexOf(similarity)] ?? 0, similarity }
  })
  const threshold = nearest.map(({ similarity }) => similarity).sort()[12] ?? 0 // half of them
  const found = await nearDuplicates(data, parts, { threshold: threshold - 1e-6 })
  data.catalog.close()
  const expected = nearest.filter(({ similarity }) => similarity >= threshold).sort((a, b) => b.similarity - a.similarity)
  expect(expected).toHaveLength(12)
  expect(found.map(({ test, train }) => [test, train])).toEqual(expected.map(({ test, train }) => [test, train]))
  found.forEach(({ similarity }, at) => {
    expect(similarity).toBeCloseTo(expected[at]?.similarity ?? 0, 5)
  })
})

it('finds nothing among images that are not alike', async () => {
  const made = await codedDataSet({ counts: { ant: 10, bee: 10 }, shape: [1, 1, 60], signal: 0 })
  const data = openDataSet(made)
  const found = await nearDuplicates(data, splitDataSet(data, {}))
  data.catalog.close()
  expect(found).toEqual([])
  expect(nearThreshold).toBe(0.95)
})
