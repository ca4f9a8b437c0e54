import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { Leases } from '../../src/cache/leases.js'
import { cachePaths } from '../../src/cache/paths.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import type { ExtractProgress } from '../../src/extract/options.js'
import { imageFolder } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = modelFile(convolution())
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)

/** Rows in all shards of a cache, and what of processes is left. */
function left(cache: string) {
  const catalog = openCatalog(cache)
  const one = (sql: string) => Number(catalog.database.prepare(sql).pluck().get())
  const found = {
    rows: one('SELECT sum(rows) FROM shard'),
    leases: one('SELECT count(*) FROM lease'),
    workers: one('SELECT count(*) FROM worker'),
  }
  catalog.close()
  return found
}

describe('several runs on one cache', () => {
  it('compute each image once, whatever their batches, and wait for each other', async () => {
    const [data, cache, alone] = [await imageFolder({ a: 40, b: 20 }), tempFolder(), tempFolder()]
    writeFileSync(join(data, 'a', 'broken.png'), 'no image')
    const { fingerprint } = await extractCodes({ data, cache: alone, model, workers: 1 })
    const runs = await Promise.all([1, 2, 3, 4].map((batch) => extractCodes({ data, cache, model, workers: 1, batch })))
    expect(sum(runs.map(({ computed }) => computed))).toBe(60)
    for (const { images, computed, cached, quarantined } of runs) expect([images, computed + cached, quarantined]).toEqual([61, 60, 1])
    expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
    expect(left(cache)).toEqual({ rows: 60, leases: 0, workers: 0 })
  })

  it('of different networks do not wait for each other', async () => {
    const [data, cache] = [await imageFolder({ a: 6 }), tempFolder()]
    const other = modelFile(convolution({ opsets: new Map([['', 18]]) }))
    const runs = await Promise.all([model, other].map((network) => extractCodes({ data, cache, model: network, workers: 1 })))
    expect(runs.map(({ computed }) => computed)).toEqual([6, 6])
  })

  it('say what others compute, and stop waiting when they are interrupted', async () => {
    const [data, cache] = [await imageFolder({ a: 5 }), tempFolder()]
    const { fingerprint } = await extractCodes({ data, cache: tempFolder(), model, workers: 1 })
    openCatalog(cache).close()
    const other = Leases.open(cache)
    const images = ['a/0.png', 'a/3.png'].map((path) =>
      createHash('sha256')
        .update(readFileSync(join(data, path)))
        .digest('hex'),
    )
    other.take(fingerprint, images)
    const stop = new AbortController()
    const seen: ExtractProgress[] = []
    const onProgress = (progress: ExtractProgress) => {
      seen.push(progress)
      if (progress.done === 3) stop.abort()
    }
    const options = { data, cache, model, workers: 1, batch: 1 }
    expect(await extractCodes({ ...options, signal: stop.signal, onProgress })).toMatchObject({ images: 3, computed: 3, interrupted: true })
    expect(seen.at(-1)).toMatchObject({ done: 3, total: 5, elsewhere: 2 })
    other.close()
    expect(await extractCodes(options)).toMatchObject({ images: 5, computed: 2, cached: 3 })
  })

  it('take over what a killed process had begun', async () => {
    const [data, cache, alone] = [await imageFolder({ a: 60 }), tempFolder(), tempFolder()]
    const { fingerprint } = await extractCodes({ data, cache: alone })
    const args = ['codes', '--data', data, '--cache', cache, '--workers', '1', '--json']
    const killed = spawnCli(args, (child) => {
      const catalog = join(cachePaths(cache).codes, 'catalog.sqlite-wal')
      const timer = setInterval(() => {
        if (!existsSync(catalog)) return
        clearInterval(timer)
        setTimeout(() => child.kill('SIGKILL'), 700)
      }, 20)
    })
    const survivor = await spawnCli(args)
    expect(survivor.code).toBe(0)
    expect(JSON.parse(survivor.stdout)).toMatchObject({ images: 60, quarantined: 0, interrupted: false })
    await killed
    expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
    expect(left(cache)).toEqual({ rows: 60, leases: 0, workers: 0 })
  })
})
