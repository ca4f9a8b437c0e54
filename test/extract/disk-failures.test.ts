import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { cachePaths } from '../../src/cache/paths.js'
import { readShard } from '../../src/cache/read-shard.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import type { ExtractOptions, ExtractProgress } from '../../src/extract/options.js'
import { planCodes } from '../../src/extract/plan-codes.js'
import { watchCodes } from '../../src/extract/watch-codes.js'
import { asNobody } from '../helpers/as-nobody.js'
import { imageFolder } from '../helpers/image-folder.js'
import { canMount, smallDisk } from '../helpers/small-disk.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const model = await asNobody(async () => modelFile(convolution()))
const images = 24
/** A shard for every image, so that there is something to keep in the middle of a run. */
const small = { model, workers: 1, batch: 1, shardLimits: { bytes: 1 } }
const kept = /finished work is kept\. (\d+) of 24 images are coded and kept\.$/

async function setup(cache = tempFolder()) {
  const data = await imageFolder({ a: images - 4, b: 4 })
  const run = (options: ExtractOptions = {}) => extractCodes({ data, cache, ...small, ...options })
  const { fingerprint } = await planCodes({ data, cache, model, workers: 1 })
  return { data, cache, run, fingerprint, folder: cachePaths(cache).shards(fingerprint) }
}

type Setup = Awaited<ReturnType<typeof setup>>

/** Does harm once, when so many images are computed. */
function harmAt(computed: number, harm: () => void) {
  let isDone = false
  return (progress: ExtractProgress) => {
    if (isDone || progress.computed < computed) return
    isDone = true
    harm()
  }
}

/** How many codes a failed run says that it kept; all of them must be there, and no half shard. */
function keptBy(message: string, { cache, folder, fingerprint }: Setup): number {
  const count = Number(kept.exec(message)?.[1])
  for (const name of readdirSync(folder)) if (!name.startsWith('.tmp')) readShard(join(folder, name))
  expect(storedCodes(cache, fingerprint).size).toBe(count)
  return count
}

/** Room again for a cache whose last run could not give its leases back. */
function makeRoom(disk: { empty(): void }, { cache }: Setup): void {
  disk.empty()
  const catalog = openCatalog(cache)
  catalog.database.exec('DELETE FROM worker') // as the next run does where that run's process is gone; here it lives on
  catalog.close()
}

/** The next run computes what is missing and nothing else, and the codes are those of an undisturbed run. */
async function expectGoesOn({ run, cache, data, folder, fingerprint }: Setup, count: number): Promise<void> {
  const { computed, cached, quarantined } = await run()
  // A shard that was written and could not be entered is taken up.
  expect(computed).toBeLessThanOrEqual(images - count)
  expect([computed + cached, quarantined]).toEqual([images, 0])
  const alone = tempFolder()
  await extractCodes({ data, cache: alone, model, workers: 1 })
  expect(storedCodes(cache, fingerprint)).toEqual(storedCodes(alone, fingerprint))
  expect(readdirSync(folder).filter((name) => !name.endsWith('.arrow'))).toEqual([])
  expect((await run()).computed).toBe(0)
}

describe.skipIf(!canMount)('extractCodes on a full disk (skipped where mounting is not allowed)', () => {
  it.each([
    0, 4, 8, 16, 32, 64,
  ])('ends with one message, keeps what is finished, and goes on, with %i KiB left in the middle', async (free) => {
    const disk = smallDisk(8192)
    const made = await setup(join(disk.folder, 'cache'))
    const { message } = await userErrorOf(() => made.run({ onProgress: harmAt(5, () => disk.fill(free * 1024)) }))
    expect(message).toMatch(
      /^Expected to (write codes into|use the catalog at) .*, but that failed: (ENOSPC: no space left on device, \w+|database or disk is full)\. Make room on that disk and run the same command again; finished work is kept\. \d+ of 24 images are coded and kept\.$/,
    )
    makeRoom(disk, made)
    const count = keptBy(message, made)
    expect(count).toBeGreaterThanOrEqual(4)
    await expectGoesOn(made, count)
  })

  it('says so when the last entries do not fit', async () => {
    const disk = smallDisk(8192)
    const made = await setup(join(disk.folder, 'cache'))
    const { message } = await userErrorOf(() => made.run({ onProgress: harmAt(images, () => disk.fill()) }))
    expect(message).toMatch(/^Expected to .*(no space left on device|disk is full).* finished work is kept\./)
    makeRoom(disk, made)
    expect((await made.run()).computed).toBeLessThanOrEqual(1)
  })

  it.each([0, 4, 16, 40])('says so where a cache cannot be begun, with %i KiB left', async (free) => {
    const disk = smallDisk(8192)
    const made = await setup(join(disk.folder, 'cache'))
    disk.fill(free * 1024)
    const { message } = await userErrorOf(made.run)
    expect(message).toMatch(/^Expected to .*(no space left on device|disk is full|disk I\/O error)/)
    disk.empty()
    await expectGoesOn(made, 0)
  })

  it('says so where a cache was begun', async () => {
    const disk = smallDisk(8192)
    const made = await setup(join(disk.folder, 'cache'))
    await made.run({ classes: ['b'] })
    disk.fill()
    const { message } = await userErrorOf(made.run)
    expect(message).toMatch(/^Expected to .*(no space left on device|disk is full|disk I\/O error)/)
    makeRoom(disk, made)
    await expectGoesOn(made, 4)
  })

  it('says so where int8 cannot be calibrated', async () => {
    const disk = smallDisk(8192)
    const made = await setup(join(disk.folder, 'cache'))
    const onCalibrate = () => disk.fill()
    const { message } = await userErrorOf(() => made.run({ precision: 'int8', onCalibrate }))
    expect(message).toMatch(
      /^Expected to read and write calibrated graphs in .*int8-v1, but that is not possible: ENOSPC: no space left on device, \w+.*\. Make room on that disk, or use --precision float32\.$/,
    )
    makeRoom(disk, made)
    expect((await made.run({ precision: 'int8' })).computed).toBe(images)
  })
})

describe('extractCodes whose cache', () => {
  it('is deleted meanwhile ends with one message, and the next run begins anew', async () => {
    const made = await setup()
    const { message } = await userErrorOf(() => made.run({ onProgress: harmAt(5, () => rmSync(made.cache, { recursive: true })) }))
    expect(message).toBe(
      `Expected the catalog at ${cachePaths(made.cache).catalog} to stay in its place, found that it was moved, replaced or deleted meanwhile. Run the same command again; what is still in the cache is kept.`,
    )
    await expectGoesOn(made, 0)
  })

  it('is moved away at the very end is not taken for complete', async () => {
    const made = await setup()
    const away = join(tempFolder(), 'away')
    await made.run()
    const onProgress = ({ done }: ExtractProgress) => done === images && renameSync(made.cache, away)
    const { message } = await userErrorOf(() => made.run({ onProgress }))
    expect(message).toMatch(/^Expected the catalog at .* to stay in its place, found that it was moved, replaced or deleted meanwhile\./)
    renameSync(away, made.cache)
    await expectGoesOn(made, images)
  })

  it('takes no more shards ends with one message, keeps what is finished, and goes on', () =>
    asNobody(async () => {
      const made = await setup()
      const { message } = await userErrorOf(() => made.run({ onProgress: harmAt(5, () => chmodSync(made.folder, 0o555)) }))
      expect(message).toMatch(
        /^Expected to write codes into .*codes-v1, but that failed: EACCES: permission denied, open '.*'\. Change the permissions there and run the same command again; finished work is kept\. \d+ of 24 images are coded and kept\.$/,
      )
      chmodSync(made.folder, 0o755)
      await expectGoesOn(made, keptBy(message, made))
    }))

  it('cannot be looked into any more says so', () =>
    asNobody(async () => {
      const made = await setup()
      const { codes } = cachePaths(made.cache)
      const { message } = await userErrorOf(() => made.run({ onProgress: harmAt(images, () => chmodSync(codes, 0)) }))
      chmodSync(codes, 0o755)
      expect(message).toMatch(
        /^Expected to .* codes.*: EACCES: permission denied, .* Change the permissions there and run the same command/,
      )
      await expectGoesOn(made, images - 1)
    }))
})

describe('extractCodes whose images', () => {
  const gone = (data: string) => `Expected the images to stay in ${data} while they are coded, found`

  it.each<[string, (data: string) => void, string]>([
    ['are deleted', (data) => rmSync(data, { recursive: true }), 'ENOENT: no such file or directory, scandir '],
    [
      'are on a disk that is taken out',
      (data) => {
        rmSync(data, { recursive: true })
        mkdirSync(data)
      },
      'that it is empty now. ',
    ],
  ])('%s meanwhile: one message, nothing quarantined, codes and files are kept', async (_, harm, found) => {
    const made = await setup()
    await made.run({ classes: ['b'] })
    const away = join(tempFolder(), 'away')
    const onProgress = harmAt(5, () => {
      renameSync(made.data, away)
      mkdirSync(made.data)
      harm(made.data)
    })
    const { message } = await userErrorOf(() => made.run({ onProgress }))
    expect(message).toContain(`${gone(made.data)} ${found}`)
    expect(message).toContain('Bring them back and run the same command again; finished work is kept.')
    const count = keptBy(message, made)
    expect(count).toBeGreaterThanOrEqual(9)
    const catalog = openCatalog(made.cache)
    expect(catalog.files.files(1).length).toBe(images)
    expect(catalog.files.allQuarantined(1)).toEqual([])
    catalog.close()
    rmSync(made.data, { recursive: true, force: true })
    renameSync(away, made.data)
    await expectGoesOn(made, count)
  })

  it('go away while they are watched are waited for', async () => {
    const { data, cache } = await setup()
    const away = join(tempFolder(), 'away')
    const stop = new AbortController()
    const reasons: string[] = []
    const result = await watchCodes({
      data,
      cache,
      ...small,
      models: [model],
      interval: 0.02,
      settle: 0,
      signal: stop.signal,
      onProgress: harmAt(5, () => renameSync(data, away)),
      onWait(reason) {
        reasons.push(reason)
        renameSync(away, data)
      },
      onRound: () => stop.abort(),
    })
    expect(reasons).toEqual([expect.stringMatching(/^Expected a folder of images at /)])
    expect(result).toMatchObject({ images, quarantined: 0, rounds: 1, interrupted: false })
  })
})

it('extractCodes keeps the hashes of what it read before it failed', async () => {
  const { run, cache, folder } = await setup()
  const harm = () => {
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'in the way')
  }
  await userErrorOf(() => run({ onProgress: harmAt(5, harm) }))
  const catalog = openCatalog(cache)
  expect(catalog.files.files(1).filter(({ image }) => image !== undefined).length).toBeGreaterThanOrEqual(6)
  catalog.close()
})
