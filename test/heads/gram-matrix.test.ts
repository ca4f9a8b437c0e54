import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { createGemm, matrix } from '../../src/engine/gemm.js'
import { type Gram, gramBlock, gramMatrix } from '../../src/heads/gram-matrix.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { expectClose } from '../helpers/expect-close.js'

/** Opens the codes of 1,700 images, enough for several blocks, and asks for the Gram matrix of some. */
async function setUp(shape: readonly number[]) {
  const { cache, fingerprint } = await codedDataSet({ counts: { a: 900, b: 800 }, shape })
  const catalog = openCatalog(cache)
  const reader = new CodeReader(catalog, fingerprint)
  catalog.close()
  const ask = (images: readonly string[]) =>
    gramMatrix({ gemm: createGemm(), cache, key: { fingerprint: fingerprint.digest, pool: 'none' }, reader, images })
  const kept = () => readdirSync(join(cache, 'gram')).map((name) => ({ name, inode: statSync(join(cache, 'gram', name)).ino }))
  return { reader, ask, kept }
}

/** Compares some entries with inner products taken one by one. */
function expectProducts({ matrix: gram, rowOf }: Gram, reader: CodeReader, images: readonly string[]): void {
  const pairs = images.flatMap((a, i) => images.filter((_, j) => (i * 31 + j) % 997 === 0).map((b) => [a, b] as const))
  const found = pairs.map(([a, b]) => gram.data[(rowOf.get(a) ?? -1) * gram.columns + (rowOf.get(b) ?? -1)] ?? Number.NaN)
  const expected = pairs.map(([a, b]) => {
    const [x, y] = [reader.read([a]), reader.read([b])]
    return x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0)
  })
  expectClose(found, expected, { absolute: 1e-4 })
}

describe('gramMatrix', () => {
  it('holds every inner product, across blocks and inside the triangle', async () => {
    const { reader, ask } = await setUp([5])
    expectProducts(await ask(reader.images), reader, reader.images)
  })

  it('is read where it is kept, for fewer images too', async () => {
    const { reader, ask, kept } = await setUp([3])
    await ask(reader.images)
    const before = kept()
    const again = await ask(reader.images.slice(200, 300))
    expectProducts(again, reader, reader.images.slice(200, 300))
    expect(kept()).toEqual(before)
  })

  it('grows by the missing rows and replaces the smaller one', async () => {
    const { reader, ask, kept } = await setUp([3])
    await ask(reader.images.slice(0, 1000))
    const [small] = kept()
    const grown = await ask(reader.images)
    expectProducts(grown, reader, reader.images)
    expect(grown.matrix.rows).toBe(1700)
    expect(kept()).toHaveLength(1)
    expect(kept()).not.toContainEqual(small)
  })
})

describe('gramBlock', () => {
  it('gathers rows and columns in the order asked for', () => {
    const block = gramBlock(matrix(3, 3, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)), Int32Array.of(2, 0), Int32Array.of(1, 1, 2))
    expect([...block.data]).toEqual([8, 8, 9, 2, 2, 3])
  })
})
