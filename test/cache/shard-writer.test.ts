import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Catalog, openCatalog } from '../../src/cache/catalog.js'
import type { Dtype } from '../../src/cache/dtype.js'
import { fingerprintOf } from '../../src/cache/fingerprint.js'
import type { CodeBatch } from '../../src/cache/open-shard.js'
import { cachePaths } from '../../src/cache/paths.js'
import { ShardWriter } from '../../src/cache/shard-writer.js'
import { hashOf, identity } from '../helpers/code-identity.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'

const fingerprint = fingerprintOf(identity)
let catalog: Catalog
let folder: string
beforeEach(() => {
  catalog = openCatalog(tempFolder())
  folder = cachePaths(catalog.cache).shards(fingerprint)
  return () => catalog.close()
})

const shards = () => readdirSync(folder).filter((name) => name.endsWith('.arrow')).length
const images = () => catalog.codes.images(catalog.codes.find(fingerprint)?.id ?? 0)

/** A batch of two images, 8 or 16 bytes of codes. */
function batch(n: number, dtype: Dtype = 'float16'): CodeBatch {
  const codes = dtype === 'float16' ? new Uint16Array(4).fill(n) : new Float32Array(4).fill(n)
  return { images: [hashOf(2 * n), hashOf(2 * n + 1)], shape: [2], dtype, codes }
}

describe('ShardWriter', () => {
  it('closes a shard when it is full, and the open one at the end', async () => {
    const writer = new ShardWriter(catalog, identity, { limits: { bytes: 16, milliseconds: 1e9 } })
    for (let n = 0; n < 5; n++) await writer.add(batch(n))
    await writer.close()
    expect(shards()).toBe(3)
    expect(images().size).toBe(10)
    expect(writer.seconds).toBeGreaterThan(0)
    await writer.close()
    expect(shards()).toBe(3)
  })

  it('closes a shard when it is old', async () => {
    const writer = new ShardWriter(catalog, identity, { limits: { bytes: 1e9, milliseconds: 0 } })
    for (let n = 0; n < 3; n++) await writer.add(batch(n))
    await writer.close()
    expect(shards()).toBe(3)
  })

  it('keeps float16 and float32 in shards of their own', async () => {
    const writer = new ShardWriter(catalog, identity)
    await writer.add(batch(0))
    await writer.add(batch(1, 'float32'))
    await writer.close()
    expect(shards()).toBe(2)
    expect(catalog.codes.places(1).map(({ dtype }) => dtype)).toEqual(['float16', 'float16', 'float32', 'float32'])
  })

  it('has written everything when it is closed, however many batches came at once', async () => {
    const writer = new ShardWriter(catalog, identity, { limits: { bytes: 8, milliseconds: 1e9 } })
    await Promise.all(Array.from({ length: 20 }, (_, n) => writer.add(batch(n, n % 3 === 0 ? 'float32' : 'float16'))))
    await writer.close()
    expect(images().size).toBe(40)
  })

  it('fails with one sentence where nothing can be written, and keeps what was', async () => {
    const writer = new ShardWriter(catalog, identity, { limits: { bytes: 8, milliseconds: 1e9 } })
    await writer.add(batch(0))
    await writer.add(batch(1))
    await writer.close()
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'in the way')
    const late = new ShardWriter(catalog, identity, { limits: { bytes: 8, milliseconds: 1e9 } })
    const failed = await userErrorOf(async () => {
      for (let n = 2; n < 6; n++) await late.add(batch(n))
      await late.close()
    })
    expect(failed.message).toMatch(
      /^Expected to write codes into .*, but that failed: EEXIST: file already exists, mkdir '.*'\. See to room and permissions there and run the same command again; finished work is kept\.$/,
    )
    expect(await userErrorOf(() => late.close())).toBe(failed)
    expect(images().size).toBe(4)
    rmSync(folder)
    mkdirSync(folder)
  })

  it('does not lose an error to the batch behind it', async () => {
    const writer = new ShardWriter(catalog, identity, { limits: { bytes: 8, milliseconds: 1e9 } })
    writeFileSync(folder, 'in the way')
    const added = await Promise.allSettled(Array.from({ length: 4 }, (_, n) => writer.add(batch(n))))
    expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
    await expect(writer.close()).rejects.toThrow('Expected to write codes into')
  })
})
