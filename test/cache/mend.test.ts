import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import { mend } from '../../src/cache/mend.js'
import { cachePaths } from '../../src/cache/paths.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { codedDataSet } from '../helpers/coded-data-set.js'

describe('mend', () => {
  it('says nothing where all is well, and in a sentence each what was not', async () => {
    const { cache } = await codedDataSet({ counts: { a: 3 }, shape: [4] })
    await codedDataSet({ counts: { b: 2 }, shape: [4], into: { data: cache, cache } })
    const fingerprint = fingerprintOf(identity)
    const folder = cachePaths(cache).shards(fingerprint)
    const catalog = openCatalog(cache)
    expect(mend(catalog, fingerprint)).toEqual([])
    const [first = '', second = ''] = catalog.codes.shards(1)
    catalog.codes.forget([first])
    rmSync(join(folder, `${second}.arrow`))
    const strange = hashOf('strange')
    writeFileSync(join(folder, `${strange}.arrow`), 'what is this?')
    expect(mend(catalog, fingerprint)).toEqual([
      '1 file of codes of the cache is gone or cut: what was in them is computed again.',
      '1 file of codes that an interrupted run had left is taken up.',
      `${strange}.arrow is not used: its content is not what its name says. npm run cache -- verify --repair --cache ${cache} takes it away.`,
    ])
    catalog.close()
  })
})
