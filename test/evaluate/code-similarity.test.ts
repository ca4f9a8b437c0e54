import { expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { codeSimilarity } from '../../src/evaluate/code-similarity.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'

/** A catalog with the codes of images a, b, c, … of one layer each. */
async function catalogOf(layers: Readonly<Record<string, readonly (readonly number[])[]>>) {
  const catalog = openCatalog(tempFolder())
  const records = []
  for (const [layer, rows] of Object.entries(layers)) {
    const shape = [rows[0]?.length ?? 0]
    const writer = new ShardWriter(catalog, { ...identity, layer })
    const images = rows.map((_, at) => hashOf(`image ${at}`))
    await writer.add({ images, shape, dtype: 'float32', codes: Float32Array.from(rows.flat()) })
    await writer.close()
    records.push(catalog.codes.add({ ...identity, layer }, shape))
  }
  const [a, b] = records
  if (!a || !b) throw new Error('Expected two layers')
  return { catalog, a, b }
}

it.each<[string, number[][], number[][], number, number, number]>([
  [
    'equal codes',
    [
      [1, 2],
      [3, 4],
    ],
    [
      [2, 4],
      [3, 4],
    ],
    2,
    1,
    1,
  ],
  [
    'a right angle and 60 degrees',
    [
      [1, 0],
      [1, 0],
    ],
    [
      [0, 1],
      [1, Math.sqrt(3)],
    ],
    2,
    0.25,
    0,
  ],
  ['opposite codes', [[1, 0]], [[-1, 0]], 1, -1, -1],
  [
    'zeros beside zeros and beside others',
    [
      [0, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [1, 0],
    ],
    2,
    0.5,
    0,
  ],
  [
    'only images that have both',
    [[1, 0]],
    [
      [1, 0],
      [5, 5],
    ],
    1,
    1,
    1,
  ],
])('codeSimilarity of %s', async (_, first, second, images, mean, least) => {
  const { catalog, a, b } = await catalogOf({ first, second })
  const all = new Set([0, 1, 2].map((at) => hashOf(`image ${at}`)))
  const found = codeSimilarity(catalog, [a, b], all)
  expect(found.images).toBe(images)
  expect(found.mean).toBeCloseTo(mean, 6)
  expect(found.least).toBeCloseTo(least, 6)
  catalog.close()
})

it('codeSimilarity refuses codes of different lengths', async () => {
  const { catalog, a, b } = await catalogOf({ first: [[1, 2]], second: [[1, 2, 3]] })
  expect(() => codeSimilarity(catalog, [a, b], new Set())).toThrow('Expected codes of one length, got 2 and 3')
  catalog.close()
})

it('codeSimilarity takes only the images that it is given', async () => {
  const { catalog, a, b } = await catalogOf({
    first: [
      [1, 0],
      [1, 0],
    ],
    second: [
      [0, 1],
      [1, 0],
    ],
  })
  expect(codeSimilarity(catalog, [a, b], new Set([hashOf('image 1')]))).toEqual({ images: 1, mean: 1, least: 1 })
  catalog.close()
})
