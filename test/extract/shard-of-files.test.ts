import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { importCache } from '../../src/cache/import-cache.js'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { planCodes } from '../../src/extract/plan-codes.js'
import { isInShard } from '../../src/extract/shard-of-files.js'
import { imageFolder } from '../helpers/image-folder.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { expectUsageError, userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { trustStamps } from '../helpers/trust-stamps.js'

const model = modelFile(convolution())
const shards = (count: number) => Array.from({ length: count }, (_, at) => ({ index: at + 1, count }))

describe('isInShard', () => {
  it('puts every file into one part, the parts about alike', () => {
    const paths = Array.from({ length: 4000 }, (_, at) => `class ${at % 7}/${at}.jpg`)
    const parts = shards(4).map((shard) => paths.filter((path) => isInShard(path, shard)))
    expect(parts.flat().sort()).toEqual([...paths].sort())
    for (const { length } of parts) expect(Math.abs(length - 1000)).toBeLessThan(100)
  })

  it('takes all where there is one part', () => {
    expect(isInShard('a/1.jpg', { index: 1, count: 1 })).toBe(true)
  })
})

describe('codes of a part', () => {
  it.each([
    [0, 4],
    [5, 4],
    [1, 0],
    [1.5, 4],
    [1, 100_001],
  ])('refuses part %s of %s', async (index, count) => {
    const message = `Expected --shard to be I/N, with I from 1 to N and N at most 100000, as in 3/16, got "${index}/${count}".`
    await expectUsageError(() => extractCodes({ data: 'data', model, shard: { index, count } }), message)
  })

  it('merge to what one run makes, in int8 too, and train the same head', async () => {
    const [data, alone, merged] = [await imageFolder({ a: 20, b: 20 }), tempFolder(), tempFolder()]
    const whole = await extractCodes({ data, cache: alone, model, precision: 'int8', workers: 1 })
    const caches = shards(3).map(() => tempFolder())
    let computed = 0
    for (const [at, shard] of shards(3).entries()) {
      const cache = caches[at] ?? ''
      expect(await planCodes({ data, cache, model, precision: 'int8', shard })).toMatchObject({ hits: 0 })
      const part = await extractCodes({ data, cache, model, precision: 'int8', shard, workers: 1 })
      // One graph for all: it is calibrated on images of the whole folder.
      expect(part.fingerprint).toBe(whole.fingerprint)
      expect(await planCodes({ data, cache, model, precision: 'int8', shard })).toMatchObject({ images: part.images, misses: 0 })
      computed += part.computed
    }
    expect(computed).toBe(40)
    const [first = '', ...others] = caches
    await importCache({ source: first, cache: merged })
    const { message } = await userErrorOf(() => trainHead({ data, cache: merged }))
    expect(message).toMatch(
      new RegExp(
        `^Expected codes for the images of ${data}, found that \\d+ of 40 are missing. Make them with: npm run codes -- .*--precision int8`,
      ),
    )
    for (const source of others) await importCache({ source, cache: merged })
    expect(storedCodes(merged, whole.fingerprint)).toEqual(storedCodes(alone, whole.fingerprint))
    const [one, other] = [await trainHead({ data, cache: alone }), await trainHead({ data, cache: merged })]
    expect([other.train, other.validation, other.test]).toEqual([one.train, one.validation, one.test])
    expect(other.accuracy).toEqual(one.accuracy)
  })

  it('has nothing to do, and succeeds, where a part is empty', async () => {
    const [data, cache] = [await imageFolder({ a: 1 }), tempFolder()]
    const results = []
    for (const shard of shards(3)) results.push(await extractCodes({ data, cache, model, shard, workers: 1 }))
    expect(results.map(({ images }) => images).sort()).toEqual([0, 0, 1])
  })

  it('leaves what is known of the other parts', async () => {
    const [data, cache] = [await imageFolder({ a: 12 }), tempFolder()]
    await extractCodes({ data, cache, model, workers: 1 })
    trustStamps(cache, data)
    rmSync(join(data, 'a/3.png'))
    await extractCodes({ data, cache, model, workers: 1, shard: { index: 1, count: 2 } })
    const catalog = openCatalog(cache)
    const files = catalog.files.files(1)
    catalog.close()
    expect(files.length).toBe(11)
    expect(files.every(({ image }) => image !== undefined)).toBe(true)
  })
})
