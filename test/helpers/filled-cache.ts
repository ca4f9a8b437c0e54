import { cpSync } from 'node:fs'
import { beforeAll, beforeEach } from 'vitest'
import { cachePaths } from '../../src/cache/paths.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { imageFolder, noisePng, put } from './image-folder.js'
import { tempFolder } from './temp-folder.js'
import { convolution, modelFile } from './tiny-graph.js'

/** The network of `filledCache`. */
export const model = modelFile(convolution())

/** A cache as several runs leave it: two kinds of codes, four shards, float16 and float32, and a file in quarantine. */
export async function filledCache() {
  const [data, cache] = [await imageFolder({ a: 3, b: 2 }), tempFolder()]
  put(data, 'b/text.jpg', 'text')
  const options = { data, cache, models: [model], workers: 1 }
  await extractSeveral({ ...options, layers: ['y', 'conv'] })
  put(data, 'b/new.png', await noisePng(99))
  await extractSeveral({ ...options, layers: ['y'] })
  const { runs } = await extractSeveral({ ...options, layers: ['y'], dtype: 'float32' })
  return { data, cache, codes: cachePaths(cache).codes, fingerprint: runs[0]?.fingerprint ?? '' }
}

/** A copy of it, to be damaged; the images are the same files. */
function copyFilled({ cache, ...filled }: Filled) {
  const copy = tempFolder()
  cpSync(cache, copy, { recursive: true, preserveTimestamps: true })
  return { ...filled, cache: copy, codes: cachePaths(copy).codes }
}

export type Filled = Awaited<ReturnType<typeof filledCache>>

/** Gives each test of a file a copy of one filled cache. */
export function useFilledCache(take: (copy: Filled) => void): void {
  let original: Filled
  beforeAll(async () => {
    original = await filledCache()
  })
  beforeEach(() => take(copyFilled(original)))
}
