import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { createGemm, matrix } from '../../src/engine/gemm.js'
import { type Gram, type GramOptions, gramBlock, gramMatrix } from '../../src/heads/gram-matrix.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { expectClose } from '../helpers/expect-close.js'

/** Opens the codes of 1,700 images, enough for several blocks, and asks for the Gram matrix of some. */
async function setUp(shape: readonly number[]) {
  const { cache, fingerprint } = await codedDataSet({ counts: { a: 900, b: 800 }, shape })
  const catalog = openCatalog(cache)
  const reader = new CodeReader(catalog, fingerprint)
  const images = reader.stored(catalog.codes.images(fingerprint.id))
  catalog.close()
  const notes: string[] = []
  const onNote = (text: string) => notes.push(text)
  const ask = (images: readonly string[], sizes: Pick<GramOptions, 'blockRows' | 'groupBytes'> = {}) =>
    gramMatrix({ gemm: createGemm(), cache, key: { fingerprint: fingerprint.digest, pool: 'none' }, reader, images, onNote, ...sizes })
  const kept = () => readdirSync(join(cache, 'gram')).map((name) => ({ name, inode: statSync(join(cache, 'gram', name)).ino }))
  return { cache, notes, reader, images, ask, kept }
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
    const { reader, images: all, ask } = await setUp([5])
    expectProducts(await ask(all), reader, all)
  })

  it.each([
    [100, 4 * 5 * 301],
    [400, 4 * 5 * 70],
    [1, 1e6],
  ])('is the same with blocks of %i rows and %d bytes of rows that stay', async (blockRows, groupBytes) => {
    const { reader, images: all, ask } = await setUp([5])
    const some = all.filter((_, at) => at % 4 === 0)
    expectProducts(await ask(some, { blockRows, groupBytes }), reader, some)
  })

  it('is read where it is kept, for fewer images too', async () => {
    const { reader, images: all, ask, kept } = await setUp([3])
    await ask(all)
    const before = kept()
    const again = await ask(all.slice(200, 300))
    expectProducts(again, reader, all.slice(200, 300))
    expect(kept()).toEqual(before)
  })

  it('grows by the missing rows and replaces the smaller one', async () => {
    const { reader, images: all, ask, kept } = await setUp([3])
    await ask(all.slice(0, 1000))
    const [small] = kept()
    const grown = await ask(all)
    expectProducts(grown, reader, all)
    expect(grown.matrix.rows).toBe(1700)
    expect(kept()).toHaveLength(1)
    expect(kept()).not.toContainEqual(small)
  })

  it('removes a damaged one and takes the next best, so that only its images are computed', async () => {
    const { cache, notes, reader, images: all, ask, kept } = await setUp([3])
    await ask(all.slice(600, 1000))
    const [next] = kept()
    await ask(all.slice(0, 300))
    const damaged = kept().find(({ name }) => name !== next?.name)?.name ?? ''
    const path = join(cache, 'gram', damaged)
    const bytes = readFileSync(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(path, bytes)

    // 300 images of the damaged one, 200 of the other: the damaged one is tried first.
    const images = all.slice(0, 800)
    const found = await ask(images)
    expectProducts(found, reader, images)
    expect([...found.rowOf.keys()].slice(0, 200)).toEqual(all.slice(600, 800))
    expect(kept().map(({ name }) => name)).not.toContain(damaged)
    expect(kept()).toContainEqual(next)
    expect(notes).toEqual([])
  })

  it('goes on with a note where it cannot be kept', async () => {
    const { cache, notes, reader, images: all, ask } = await setUp([3])
    const folder = join(cache, 'gram')
    symlinkSync(join(cache, 'nowhere', 'gram'), folder)
    const images = all.slice(0, 20)
    expectProducts(await ask(images), reader, images)
    expect(notes).toEqual([
      `The Gram matrix of 20 images could not be kept: EEXIST: file already exists, mkdir '${folder}'. The next command that needs it computes it again.`,
    ])
  })
})

describe('gramBlock', () => {
  it('gathers rows and columns in the order asked for', () => {
    const block = gramBlock(matrix(3, 3, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)), Int32Array.of(2, 0), Int32Array.of(1, 1, 2))
    expect([...block.data]).toEqual([8, 8, 9, 2, 2, 3])
  })
})
