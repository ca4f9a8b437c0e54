import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { type Catalog, copyCatalog, openCatalog } from '../../src/cache/catalog.js'
import { CodeReader } from '../../src/cache/code-reader.js'
import { canonicalJson, fingerprintOf } from '../../src/cache/fingerprint.js'
import { cachePaths } from '../../src/cache/paths.js'
import { version1 } from '../../src/cache/schema-version-1.js'
import { verifyCache } from '../../src/extract/verify-cache.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { codedDataSet } from '../helpers/coded-data-set.js'
import { folderState } from '../helpers/folder-state.js'

const images = ['a/0', 'a/1', 'a/2', 'b/0'].map(hashOf)

/** A cache as the first version of the catalog left it: two shards, a data set of four files, one in quarantine, and a run. */
async function firstVersion() {
  const { cache, data } = await codedDataSet({ counts: { a: 3 }, shape: [4] })
  await codedDataSet({ counts: { b: 1 }, shape: [4], into: { data, cache } })
  const { catalog: path, shards } = cachePaths(cache)
  const newer = openCatalog(cache)
  const codes = read(newer)
  const digests = [...newer.codes.shards(1)]
  newer.close()
  rmSync(path)
  const old = new Database(path)
  old.exec(version1)
  old.pragma('user_version = 1')
  old.prepare('INSERT INTO fingerprint VALUES (1, ?, ?, ?)').run(fingerprintOf(identity), canonicalJson({ ...identity }), '[4]')
  for (const [at, digest] of digests.entries()) {
    const bytes = readFileSync(join(shards(fingerprintOf(identity)), `${digest}.arrow`)).length
    old.prepare("INSERT INTO shard VALUES (?, 1, ?, 'float32', ?, ?, 7)").run(at + 1, digest, at === 0 ? 3 : 1, bytes)
  }
  for (const [at, image] of images.entries()) {
    const [shard, row] = at < 3 ? [1, at] : [2, 0]
    old.prepare("INSERT INTO code VALUES (1, ?, 0, 'float32', ?, ?)").run(Buffer.from(image, 'hex'), shard, row)
  }
  old.prepare('INSERT INTO dataset VALUES (1, ?)').run(data)
  old.prepare("INSERT INTO file VALUES (1, 'a/0.png', 'a', NULL, 'stamp', 5, ?)").run(Buffer.from(images[0] ?? '', 'hex'))
  old.prepare("INSERT INTO quarantine VALUES (1, 'a/9.png', ?, NULL, 'empty', 'It is empty.')").run(fingerprintOf(identity))
  old.prepare("INSERT INTO run VALUES (1, 1, 1, 'net.onnx', 1, 2, '{}')").run()
  old.close()
  return { cache, data, codes, shardPaths: digests.map((digest) => join(shards(fingerprintOf(identity)), `${digest}.arrow`)) }
}

const read = (catalog: Catalog) => {
  const [record] = catalog.codes.all()
  return record ? [...new CodeReader(catalog, record).read(images)] : []
}

describe('a catalog of the first version', () => {
  it('is brought forward with all that it holds, once', async () => {
    const { cache, data, codes } = await firstVersion()
    for (const _ of ['migrates', 'finds it done']) {
      const catalog = openCatalog(cache)
      expect(read(catalog)).toEqual(codes)
      const dataset = catalog.files.findDataset(data) ?? 0
      expect(catalog.files.files(dataset)).toMatchObject([{ path: 'a/0.png', stamp: 'stamp', hashed: 5, image: images[0] }])
      expect(catalog.files.quarantined(dataset, fingerprintOf(identity))).toMatchObject([{ path: 'a/9.png', reason: 'It is empty.' }])
      expect(catalog.runs.last(dataset)).toMatchObject({ model: 'net.onnx', fingerprint: fingerprintOf(identity) })
      catalog.close()
    }
    expect(await verifyCache({ cache })).toMatchObject({ shards: 2, rows: 4, bad: [], orphans: 0 })
  })

  it('is read without being changed', async () => {
    const { cache, codes } = await firstVersion()
    const before = folderState(cache)
    const copy = copyCatalog(cache)
    expect(copy && read(copy)).toEqual(codes)
    copy?.close()
    expect(folderState(cache)).toEqual(before)
  })

  it('loses only the shards that are damaged: their images are computed again', async () => {
    const { cache, shardPaths } = await firstVersion()
    writeFileSync(shardPaths[0] ?? '', 'what is this?')
    const catalog = openCatalog(cache)
    const isCoded = catalog.codes.lookup(fingerprintOf(identity))
    expect(images.map(isCoded)).toEqual([false, false, false, true])
    catalog.close()
  })
})
