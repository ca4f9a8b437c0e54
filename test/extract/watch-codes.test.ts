import { readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { cachePaths } from '../../src/cache/paths.js'
import type { ExtractSeveralResult } from '../../src/extract/options.js'
import { type WatchOptions, watchCodes } from '../../src/extract/watch-codes.js'
import { imageFolder, noisePng, put } from '../helpers/image-folder.js'
import { codesByPath } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'

const models = [modelFile(convolution())]
const face = readFileSync(new URL('../fixtures/images/face.jpg', import.meta.url))

/** A watch under way: what it said so far, and how to wait for more. */
class Watched {
  readonly cache = tempFolder()
  readonly rounds: ExtractSeveralResult[] = []
  readonly reasons: string[] = []
  readonly #stop = new AbortController()
  readonly #end: ReturnType<typeof watchCodes>
  #told: () => void = () => undefined

  constructor(options: WatchOptions) {
    const tell = <T>(list: T[]) => {
      return (item: T) => {
        list.push(item)
        this.#told()
      }
    }
    const { signal } = this.#stop
    const onRound = tell(this.rounds)
    this.#end = watchCodes({
      cache: this.cache,
      models,
      workers: 1,
      interval: 0.01,
      settle: 0,
      signal,
      onRound,
      onWait: tell(this.reasons),
      ...options,
    })
    this.#end.catch(() => this.#told())
  }

  /** Waits until something is true of what it said; the test's time limit is the deadline. */
  async until(isTrue: (last: ExtractSeveralResult | undefined) => boolean): Promise<void> {
    while (!isTrue(this.rounds.at(-1))) {
      const told = new Promise<void>((resolve) => {
        this.#told = resolve
      })
      await Promise.race([told, this.#end])
    }
  }

  stop() {
    this.#stop.abort()
    return this.#end
  }

  /** Paths that have a code, as the catalog knows them. */
  coded(data: string): string[] {
    return [...codesByPath(this.cache, this.rounds.at(-1)?.runs[0]?.fingerprint ?? '', data).keys()]
  }
}

describe('watchCodes refuses', () => {
  const data = tempFolder()
  const gone = join(data, 'gone')
  it.each<[string, WatchOptions, string]>([
    [
      'a missing folder',
      { data: gone },
      `Expected a folder of images at ${gone}, found nothing at ${gone}. Give the folder that holds a folder per class with --data.`,
    ],
    ['an interval below 0', { interval: -1 }, 'Expected interval to be seconds, 0 or more, got -1.'],
    ['no settling time', { settle: Number.NaN }, 'Expected settle to be seconds, 0 or more, got NaN.'],
    ['what extractSeveral refuses', { workers: 0 }, 'Expected workers to be a whole number above 0, got 0.'],
    [
      'an unknown layer before there are images',
      { models, layers: ['fc'] },
      'Expected --layer to be one of the 2 layers of the model, got "fc". The last ones are: conv, y.',
    ],
  ])('%s', async (_, options, message) => {
    expect((await userErrorOf(() => watchCodes({ data, cache: tempFolder(), ...options }))).message).toBe(message)
  })
})

describe('watchCodes', () => {
  it('codes what is there, then what arrives, nothing twice, as one run', async () => {
    const data = await imageFolder({ a: 2 })
    const watch = new Watched({ data })
    await watch.until((last) => last?.computed === 2)
    put(data, 'new/1.png', await noisePng(101))
    await watch.until((last) => last?.images === 3)
    put(data, 'a/copy.png', await noisePng(101))
    await watch.until((last) => last?.images === 4)
    renameSync(join(data, 'a/0.png'), join(data, 'new/0.png'))
    await watch.until(() => watch.coded(data).includes('new/0.png'))
    put(data, 'a/1.png', await noisePng(102))
    await watch.until((last) => last?.computed === 1 && last.images === 4)
    rmSync(join(data, 'a/copy.png'))
    await watch.until((last) => last?.images === 3)
    const { rounds, ...total } = await watch.stop()
    expect(total).toMatchObject({ images: 3, computed: 4, cached: 0, quarantined: 0, interrupted: false })
    expect(total.runs).toMatchObject([{ images: 3, computed: 4, codeShape: [6, 6, 4], interrupted: false }])
    expect(rounds).toBe(watch.rounds.length)
    expect(watch.rounds.map(({ computed }) => computed).filter((computed) => computed > 0)).toEqual([2, 1, 1])
    expect(watch.coded(data)).toEqual(['a/1.png', 'new/0.png', 'new/1.png'])
    const database = new Database(cachePaths(watch.cache).catalog, { readonly: true })
    expect(database.prepare('SELECT count(*) FROM run').pluck().get()).toBe(1)
    database.close()
  })

  it('takes up a file that is mended, or was not complete', async () => {
    const data = await imageFolder({ a: 1 })
    put(data, 'a/slow.jpg', face.subarray(0, 9000))
    const watch = new Watched({ data })
    await watch.until((last) => last?.quarantined === 1)
    expect(watch.rounds.at(-1)?.runs[0]?.quarantine).toMatchObject([{ path: 'a/slow.jpg', cause: 'truncated' }])
    put(data, 'a/slow.jpg', face)
    await watch.until((last) => last?.quarantined === 0)
    expect(await watch.stop()).toMatchObject({ images: 2, computed: 2, quarantined: 0, interrupted: false })
  })

  it('waits while there is nothing to code, and keeps the data set when the folder is gone for a while', async () => {
    const data = tempFolder()
    const watch = new Watched({ data })
    await watch.until(() => watch.reasons.length === 1)
    put(data, 'a/bad.png', 'text')
    await watch.until((last) => last?.quarantined === 1)
    put(data, 'a/1.png', await noisePng(1))
    await watch.until((last) => last?.computed === 1)
    const away = join(tempFolder(), 'away')
    renameSync(data, away)
    await watch.until(() => watch.reasons.length === 2)
    expect(watch.coded(data)).toEqual(['a/1.png'])
    renameSync(away, data)
    put(data, 'a/2.png', await noisePng(2))
    await watch.until((last) => last?.images === 3)
    expect(watch.coded(data)).toEqual(['a/1.png', 'a/2.png'])
    expect(await watch.stop()).toMatchObject({ computed: 2, quarantined: 1 })
    expect(watch.reasons.map((reason) => reason.slice(0, 32))).toEqual([
      'Expected a folder per class in /',
      'Expected a folder of images at /',
    ])
  })

  it('ends with interrupted where something is left to do', async () => {
    const data = await imageFolder({ a: 3 })
    const stop = new AbortController()
    const options = { data, cache: tempFolder(), models, workers: 1, batch: 1, settle: 0 }
    const onProgress = () => stop.abort()
    expect(await watchCodes({ ...options, signal: stop.signal, onProgress })).toMatchObject({ interrupted: true, rounds: 1 })

    const settling = new Watched({ data, settle: 1e6 })
    expect(await settling.stop()).toMatchObject({ images: 0, interrupted: true, rounds: 0, runs: [] })
    expect(await new Watched({ data: tempFolder() }).stop()).toMatchObject({ images: 0, interrupted: false, rounds: 0, runs: [] })
  })
})
