import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../../src/cache/catalog.js'
import { exchangeFormats } from '../../../src/cache/exchange/exchange-row.js'
import { importCodes } from '../../../src/cache/exchange/import-codes.js'
import { shardPaths } from '../../../src/cache/index-shards.js'
import { cachePaths } from '../../../src/cache/paths.js'
import { readShard } from '../../../src/cache/read-shard.js'
import { exportCodes } from '../../../src/evaluate/export-codes.js'
import { codedDataSet } from '../../helpers/coded-data-set.js'
import { hostileDataSet, hostilePaths } from '../../helpers/hostile-data-set.js'
import { storedCodes } from '../../helpers/stored-codes.js'
import { tempFolder } from '../../helpers/temp-folder.js'

const dtypes = ['float16', 'float32', 'mixed'] as const
const cases = exchangeFormats.flatMap((format) => dtypes.map((dtype) => ({ format, dtype })))

describe('exportCodes and importCodes', () => {
  it.each(cases)('bring every code back bit for bit: $format, $dtype', async ({ format, dtype }) => {
    const { data, cache, fingerprint } = await hostileDataSet(dtype)
    const out = join(tempFolder(), format === 'npy' ? 'codes' : `codes.${format}`)
    const { files, rows } = await exportCodes({ data, cache, format, out })
    expect(rows).toBe(hostilePaths.length + 1)
    const other = tempFolder()
    const source = format === 'npy' ? dirname(files[0] ?? '') : (files[0] ?? '')
    expect(await importCodes(source, { cache: other })).toEqual({ shards: dtype === 'mixed' ? 2 : 1, rows: hostilePaths.length, known: 1 })
    const stored = storedCodes(cache, fingerprint.digest)
    expect(stored.size).toBe(hostilePaths.length)
    expect(storedCodes(other, fingerprint.digest)).toEqual(stored)
    const shards = [cache, other].map((folder) => shardPaths(cachePaths(folder).codes))
    expect(shards[1]?.map((path) => readShard(path).view.metadata)).toEqual(shards[0]?.map((path) => readShard(path).view.metadata))
    expect(shards[1]?.map((path) => basename(path))).toEqual(shards[0]?.map((path) => basename(path)))
    expect(await importCodes(source, { cache: other })).toEqual({ shards: 0, rows: 0, known: hostilePaths.length + 1 })
  })

  it.each([
    ['parquet', 1500],
    ['npy', 1500],
    ['csv', 200],
  ] as const)('go through many blocks, a code of each: %s', async (format, channels) => {
    const made = await codedDataSet({ counts: { a: 2, b: 1 }, shape: [1024, channels] }) // longer than half a block
    const seen: [number, number][] = []
    const out = join(tempFolder(), `codes.${format}`)
    await exportCodes({ ...made, fingerprint: undefined, format, out, onProgress: (...at) => seen.push(at) })
    expect(seen).toEqual([1, 2, 3].map((done) => [done, 3]))
    const other = tempFolder()
    expect(await importCodes(out, { cache: other })).toMatchObject({ rows: 3, known: 0 })
    expect(storedCodes(other, made.fingerprint.digest)).toEqual(storedCodes(made.cache, made.fingerprint.digest))
  })

  it('add to what a cache has, and take up what a crash left there', async () => {
    const { data, cache, fingerprint } = await hostileDataSet('float16')
    const out = join(tempFolder(), 'codes.parquet')
    await exportCodes({ data, cache, out })
    const catalog = openCatalog(cache)
    catalog.codes.forget([...catalog.codes.shards(fingerprint.id)])
    catalog.close()
    expect(await importCodes(out, { cache })).toEqual({ shards: 0, rows: 0, known: hostilePaths.length + 1 })
    const wide = await hostileDataSet('float32')
    expect(await importCodes(out, { cache: wide.cache })).toEqual({ shards: 1, rows: hostilePaths.length, known: 1 })
    expect(shardPaths(cachePaths(wide.cache).codes).map((path) => readFileSync(path).length > 0)).toEqual([true, true])
  })
})
