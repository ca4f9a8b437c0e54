import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { planCodes } from '../../src/extract/plan-codes.js'
import { folderState } from '../helpers/folder-state.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { trustStamps } from '../helpers/trust-stamps.js'

const model = modelFile(convolution())

it('planCodes makes no cache folder', async () => {
  const data = await imageFolder({ a: 3, b: 2 })
  copyFileSync(join(data, 'a/0.png'), join(data, 'b/copy.png'))
  const cache = join(tempFolder(), 'cache')
  const before = folderState(data)
  const plan = await planCodes({ data, cache, model, workers: 1 })
  expect(plan).toMatchObject({ images: 6, hits: 1, misses: 5, unusable: 0, diskBytes: 5 * 144 * 2, codeShape: [6, 6, 4] })
  expect(plan.imagesPerSecond).toBeGreaterThan(0)
  expect(plan.seconds).toBeGreaterThan(0)
  expect(await planCodes({ data, cache, model, workers: 1, dtype: 'float32' })).toMatchObject({ diskBytes: 5 * 144 * 4 })
  expect(existsSync(cache)).toBe(false)
  expect(folderState(data)).toEqual(before)
})

it('planCodes says what codes then does, and leaves the cache untouched', async () => {
  const [data, cache] = [await imageFolder({ a: 3, b: 2 }), tempFolder()]
  const options = { data, cache, model, workers: 1 }
  await extractCodes(options)
  put(data, 'c/new.png', await noisePng(50))
  put(data, 'c/bad.png', '')
  const before = folderState(cache)
  const plan = await planCodes(options)
  expect(plan).toMatchObject({ images: 7, hits: 5, misses: 2, unusable: 0 })
  expect(await planCodes({ ...options, classes: ['a'] })).toMatchObject({
    images: 3,
    hits: 3,
    misses: 0,
    seconds: 0,
    diskBytes: 0,
    codeShape: [6, 6, 4],
  })
  expect(await planCodes({ ...options, dtype: 'float32' })).toMatchObject({ hits: 0, misses: 7 })
  expect(folderState(cache)).toEqual(before)
  const result = await extractCodes(options)
  expect(result).toMatchObject({ images: plan.images, cached: plan.hits, computed: 1, quarantined: 1, fingerprint: plan.fingerprint })
})

it('planCodes counts what was refused before as unusable, exactly as codes does, until it changes', async () => {
  const [data, cache] = [await imageFolder({ a: 2 }), tempFolder()]
  put(data, 'a/bad.png', 'text')
  put(data, 'a/copy-of-bad.png', 'text')
  const options = { data, cache, model, workers: 1 }
  await extractCodes(options)
  trustStamps(cache, data)
  const plan = await planCodes(options)
  expect(plan).toMatchObject({ images: 4, hits: 2, misses: 0, unusable: 2, seconds: 0, diskBytes: 0 })
  expect(await extractCodes(options)).toMatchObject({ images: 4, cached: plan.hits, computed: plan.misses, quarantined: plan.unusable })

  put(data, 'a/bad.png', await noisePng(50))
  expect(await planCodes(options)).toMatchObject({ images: 4, hits: 2, misses: 1, unusable: 1 })
  expect(await extractCodes(options)).toMatchObject({ images: 4, cached: 2, computed: 1, quarantined: 1 })
})

it('planCodes stops when it is asked to', async () => {
  const data = await imageFolder({ a: 1 })
  await expect(planCodes({ data, cache: tempFolder(), model, signal: AbortSignal.abort() })).rejects.toThrow(/aborted/)
})
