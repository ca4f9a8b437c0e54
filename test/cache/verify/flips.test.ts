import { beforeAll, describe, expect, it } from 'vitest'
import { flipCatalog, flipShards } from '../../../scripts/torture/flip-cache.mjs'
import { seededRandom } from '../../../src/base/random.js'
import { verifyFolder } from '../../../src/cache/verify/verify-folder.js'
import { filledCache } from '../../helpers/filled-cache.js'

/** More of them: FLIPS=1000 npx vitest run test/cache/verify/flips.test.ts */
const flips = Number(process.env.FLIPS ?? 60)
const verify = (cache: string) => verifyFolder({ cache })

describe('every flipped bit is found', () => {
  let cache: string
  beforeAll(async () => {
    ;({ cache } = await filledCache())
  })

  it('in shards', async () => {
    const outcome = await flipShards({ cache, flips, random: seededRandom(1), verify })
    expect(outcome).toEqual({ found: flips, refused: 0, harmless: 0, missed: [], crashed: [] })
    expect((await verify(cache)).bad).toEqual([])
  })

  it('in the catalog, but where nothing is read', { timeout: 600_000 }, async () => {
    const outcome = await flipCatalog({ cache, flips, random: seededRandom(2), verify })
    expect(outcome).toMatchObject({ missed: [], crashed: [] })
    expect(outcome.found + outcome.refused + outcome.harmless).toBe(flips)
    expect((await verify(cache)).bad).toEqual([])
  })
})
