import { cpSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { trainHead } from '../../src/evaluate/train-head.js'
import { extractCodes } from '../../src/extract/extract-codes.js'
import { folderState } from '../helpers/folder-state.js'
import { imageFolder, put } from '../helpers/image-folder.js'
import { spawnCli } from '../helpers/spawn-cli.js'
import { codesByPath, storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { trustStamps } from '../helpers/trust-stamps.js'

const model = modelFile(convolution())

/** A coded folder of eight images and a bad file, both in a folder of their own so that they can be moved. */
async function coded() {
  const home = tempFolder()
  const [data, cache] = [join(home, 'data'), join(home, 'cache')]
  renameSync(await imageFolder({ a: 4, b: 4 }), data)
  put(data, 'a/bad.jpg', 'text')
  const { fingerprint } = await extractCodes({ data, cache, model, workers: 1 })
  trustStamps(cache, data)
  return { home, data, cache, fingerprint, codes: storedCodes(cache, fingerprint) }
}

const hits = { computed: 0, cached: 8, quarantined: 1 }

/** Times of last year for every file, as copying tools leave them. */
function age(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) utimesSync(join(folder, name), 1.7e9, 1.7e9)
}

describe('a cache that was moved or copied', () => {
  it('has all its codes in another place', async () => {
    const { home, data, cache, fingerprint, codes } = await coded()
    const moved = join(home, 'elsewhere', 'codes of photos')
    mkdirSync(join(home, 'elsewhere'))
    renameSync(cache, moved)
    expect(await extractCodes({ data, cache: moved, model, workers: 1 })).toMatchObject(hits)
    expect(storedCodes(moved, fingerprint)).toEqual(codes)
    expect((await trainHead({ data, cache: moved })).test).toBeGreaterThan(0)
  })

  it('has all its codes as a copy with other times, inodes and no trace of the first', async () => {
    const { home, data, cache, fingerprint, codes } = await coded()
    const copy = join(home, 'copy')
    cpSync(cache, copy, { recursive: true })
    age(copy)
    const before = folderState(cache)
    expect(await extractCodes({ data, cache: copy, model, workers: 1 })).toMatchObject(hits)
    expect(storedCodes(copy, fingerprint)).toEqual(codes)
    expect((await trainHead({ data, cache: copy })).test).toBeGreaterThan(0)
    expect(folderState(cache)).toEqual(before)
  })
})

describe('images that were moved or copied', () => {
  it.each([
    ['moved', renameSync],
    ['copied', (from: string, to: string) => cpSync(from, to, { recursive: true })],
    [
      'copied with other times',
      (from: string, to: string) => {
        cpSync(from, to, { recursive: true })
        age(to)
      },
    ],
  ])('have all their codes where they were %s: only what gave none is looked at again', async (_name, move) => {
    const { home, data, cache, fingerprint, codes } = await coded()
    const now = join(home, 'photos')
    move(data, now)
    const result = await extractCodes({ data: now, cache, model, workers: 1 })
    expect(result).toMatchObject({ ...hits, quarantine: [{ path: 'a/bad.jpg', cause: 'format' }] })
    expect(storedCodes(cache, fingerprint)).toEqual(codes)
    expect([...codesByPath(cache, fingerprint, now).keys()].length).toBe(8)
    expect((await trainHead({ data: now, cache })).test).toBeGreaterThan(0)
  })

  it('have all their codes where one took the name of another, or has another class', async () => {
    const { data, cache } = await coded()
    renameSync(join(data, 'a/0.png'), join(data, 'a/first.png'))
    renameSync(join(data, 'b/0.png'), join(data, 'a/0.png'))
    expect(await extractCodes({ data, cache, model, workers: 1 })).toMatchObject(hits)
  })

  it('get the command that makes them known, of the very kind that there is, from train-head', async () => {
    const { home, data, cache } = await coded()
    const now = join(home, 'photos')
    renameSync(data, now)
    const error = await userErrorOf(() => trainHead({ data: now, cache }))
    const command = `codes -- --data ${now} --cache ${cache} --model ${model} --layer y --size 8`
    expect(error.message).toBe(
      `Expected codes for the images of ${now}, found those of ${data} only in ${cache} (if the images were moved, nothing is computed again). Make them with: npm run ${command}`,
    )
    const { code, stdout } = await spawnCli([...command.split(' ').filter((word) => word !== '--'), '--json', '--workers', '1'])
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining(hits)])
    expect((await trainHead({ data: now, cache })).test).toBeGreaterThan(0)
  })
})

it('the cache and the images may move together', async () => {
  const { home } = await coded()
  const moved = `${home}-moved`
  renameSync(home, moved)
  expect(statSync(join(moved, 'data')).isDirectory()).toBe(true)
  const [data, cache] = [join(moved, 'data'), join(moved, 'cache')]
  expect(await extractCodes({ data, cache, model, workers: 1 })).toMatchObject(hits)
  renameSync(moved, home)
})
