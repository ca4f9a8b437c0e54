import { join } from 'node:path'
import { verifyCache } from '../../dist/index.js'
import { flipCatalog, flipShards } from './flip-cache.mjs'
import { linkImages } from './link-images.mjs'
import { run } from './run.mjs'

/** Images of the cache whose bits are flipped: each flip has all of it verified. */
const images = 100

/** Flips single bits, half of them in shards, half of them in the catalog; each must be found by verifying, or change nothing. */
export async function flips({ options, work, random, from, flips: count }) {
  const cache = join(work, 'flipped')
  const data = linkImages(from, images, random, join(work, 'flipped-data'))
  await run({ ...options, data, cache }).ended
  const verify = (folder) => verifyCache({ cache: folder })
  const shards = await flipShards({ cache, flips: Math.ceil(count / 2), random, verify })
  const catalog = await flipCatalog({ cache, flips: Math.floor(count / 2), random, verify })
  const same = [shards, catalog].every(({ missed, crashed }) => missed.length === 0 && crashed.length === 0)
  return { same, shards, catalog }
}
