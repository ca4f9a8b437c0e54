import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../../src/cache/catalog.js'
import { type OpenRunPool, openRunPool } from '../../src/distribute/open-run-pool.js'
import type { QueueCodesResult } from '../../src/distribute/options.js'
import { queueCodes } from '../../src/distribute/queue-codes.js'
import { queueStatus } from '../../src/distribute/queue-status.js'
import { runWorker } from '../../src/distribute/run-worker.js'
import { extractSeveral } from '../../src/extract/extract-codes.js'
import { freePort } from '../helpers/free-port.js'
import { imageFolder, put } from '../helpers/image-folder.js'
import { RedisServer, redisPath } from '../helpers/redis-server.js'
import { storedCodes } from '../helpers/stored-codes.js'
import { tempFolder } from '../helpers/temp-folder.js'
import { userErrorOf } from '../helpers/thrown.js'
import { convolution, modelFile } from '../helpers/tiny-graph.js'
import { withWorkers } from '../helpers/with-workers.js'

const model = modelFile(convolution())
const models = [model]

/** What the catalog has, so that nothing is there twice. */
function counts(cache: string) {
  const catalog = openCatalog(cache)
  const one = (sql: string) => Number(catalog.database.prepare(sql).pluck().get())
  const found = {
    codes: one('SELECT count(*) FROM code'),
    rows: one('SELECT sum(rows) FROM shard'),
    runs: one('SELECT count(*) FROM run'),
    leases: one('SELECT count(*) FROM lease'),
  }
  catalog.close()
  return found
}

const only = ({ runs: [run] }: Pick<QueueCodesResult, 'runs'>) => {
  if (!run) throw new Error('expected a run')
  return run
}

describe.skipIf(redisPath === undefined)('queueCodes', () => {
  it('says when there is no Redis', async () => {
    const server = await RedisServer.start()
    await server.kill()
    const data = await imageFolder({ a: 1 })
    const { message } = await userErrorOf(() => queueCodes({ data, cache: tempFolder(), models, queue: server.url }))
    expect(message).toBe(
      `Expected a Redis at ${server.url}, but it cannot be used: connect ECONNREFUSED 127.0.0.1:${server.port}. Check --queue, that it runs, and REDIS_USERNAME and REDIS_PASSWORD.`,
    )
  })

  it('waits a little for a Redis that is starting', async () => {
    const server = await RedisServer.start()
    await server.kill()
    const options = { data: await imageFolder({ a: 3 }), cache: tempFolder(), models, queue: server.url }
    const [{ result }] = await Promise.all([withWorkers(options), setTimeout(500).then(() => server.restart())])
    expect(result).toMatchObject({ images: 3, computed: 3 })
  })

  it('says when what answers is no Redis', async () => {
    const [port, data] = [await freePort(), await imageFolder({ a: 1 })]
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(port, '127.0.0.1')
    const { message } = await userErrorOf(() => queueCodes({ data, cache: tempFolder(), models, queue: `redis://127.0.0.1:${port}` }))
    expect(message).toContain(`Expected a Redis at redis://127.0.0.1:${port}, but it cannot be used: Unknown RESP type 72 "H"`)
    other.close()
  })

  it('says when Redis wants a password, and takes it from the environment', async () => {
    const server = await RedisServer.start('--requirepass', 'hidden-word')
    const options = { data: await imageFolder({ a: 3 }), cache: tempFolder(), models, queue: server.url }
    const { message } = await userErrorOf(() => queueCodes(options))
    expect(message).toContain(`Expected a Redis at ${server.url}, but it cannot be used: NOAUTH`)
    process.env.REDIS_PASSWORD = 'another-word'
    try {
      const wrong = await userErrorOf(() => queueCodes(options))
      expect(wrong.message).toContain('WRONGPASS')
      expect(wrong.message).not.toContain('another-word')
      process.env.REDIS_PASSWORD = 'hidden-word'
      expect((await withWorkers(options)).result).toMatchObject({ images: 3, computed: 3 })
    } finally {
      delete process.env.REDIS_PASSWORD
    }
  })

  it.each([
    [{ lease: 0 }, 'Expected --lease to be a whole number from 1 to 4096, got 0.'],
    [{ lease: 5000 }, 'Expected --lease to be a whole number from 1 to 4096, got 5000.'],
    [{ patience: 1 }, 'Expected --patience to be 2 seconds or more, got 1.'],
  ])('refuses %j', async (wrong, message) => {
    const options = { data: await imageFolder({ a: 1 }), cache: tempFolder(), models, queue: 'redis://127.0.0.1:1', ...wrong }
    expect((await userErrorOf(() => queueCodes(options))).message).toBe(message)
  })

  it('gives byte for byte the codes of one process, with two workers and more, and leaves nothing in Redis', async () => {
    const server = await RedisServer.start()
    const [data, cache, alone] = [await imageFolder({ a: 30, b: 20 }), tempFolder(), tempFolder()]
    copyFileSync(join(data, 'a/0.png'), join(data, 'b/copy.png'))
    writeFileSync(join(data, 'a/broken.png'), 'no image')
    writeFileSync(join(data, 'b/broken too.png'), 'no image')
    const several = { data, models, resizes: ['squish', 'pad'] as const }
    const expected = await extractSeveral({ ...several, cache: alone, workers: 1 })
    const { result, done } = await withWorkers({ ...several, cache, queue: server.url, lease: 7 }, { count: 2 })
    expect(result).toMatchObject({ images: 53, computed: 50, quarantined: 2, leases: 0, interrupted: false })
    for (const [which, run] of result.runs.entries()) {
      expect(run.quarantine).toEqual(expected.runs[which]?.quarantine)
      expect(run.fingerprint).toBe(expected.runs[which]?.fingerprint)
      expect(storedCodes(cache, run.fingerprint)).toEqual(storedCodes(alone, run.fingerprint))
    }
    expect(done.reduce((sum, { leases }) => sum + leases, 0)).toBe(8)
    expect(counts(cache)).toMatchObject({ codes: 100, runs: 2, leases: 0 })
    expect(await server.keys()).toEqual([])
    // Everything is a hit, without a worker; and for one process too.
    expect(await queueCodes({ ...several, cache, queue: server.url })).toMatchObject({ computed: 0, cached: 51, quarantined: 2 })
    expect(await extractSeveral({ ...several, cache })).toMatchObject({ computed: 0, cached: 51, quarantined: 2 })
  })

  it('hands out only what is missing: not what was renamed', async () => {
    const server = await RedisServer.start()
    const [data, cache] = [await imageFolder({ a: 6 }), tempFolder()]
    await extractSeveral({ data, cache, models, workers: 1 })
    copyFileSync(join(data, 'a/1.png'), join(data, 'a/moved.png'))
    rmSync(join(data, 'a/1.png'))
    put(data, 'a/new.png', readFileSync(join(await imageFolder({ z: 9 }), 'z/8.png')))
    const { result, done } = await withWorkers({ data, cache, models, queue: server.url })
    expect(result).toMatchObject({ images: 7, computed: 1, cached: 6 })
    expect(done).toMatchObject([{ leases: 1, images: 1 }])
  })

  it('makes views, and int8 codes by the network that the coordinator has calibrated', async () => {
    const server = await RedisServer.start()
    const [data, cache, alone] = [await imageFolder({ a: 9 }), tempFolder(), tempFolder()]
    const kind = { data, models, precisions: ['float32', 'int8'] as const, views: 2, augment: 'flip,rotate:30' }
    await extractSeveral({ ...kind, cache: alone, workers: 1 })
    const { result } = await withWorkers({ ...kind, cache, queue: server.url, lease: 4 })
    expect(result.computed).toBe(9)
    for (const { views } of result.runs) {
      for (const { fingerprint } of views) {
        const stored = storedCodes(cache, fingerprint)
        expect(stored.size).toBe(9)
        expect(stored).toEqual(storedCodes(alone, fingerprint))
      }
    }
  })

  it('leaves all to the workers where it is told to, and enters it later', async () => {
    const server = await RedisServer.start()
    const options = { data: await imageFolder({ a: 10 }), cache: tempFolder(), models, queue: server.url, lease: 3 }
    expect(await queueCodes({ ...options, detach: true })).toMatchObject({ leases: 4, computed: 0 })
    expect((await queueStatus(server.url)).runs).toMatchObject([{ data: options.data, models, waiting: 4, active: 0, reported: 0 }])
    expect(await runWorker({ queue: server.url, root: options.data, workers: 1, idle: 2 })).toMatchObject({ leases: 4, images: 10 })
    expect((await queueStatus(server.url)).runs).toMatchObject([{ waiting: 0, reported: 4 }])
    expect(await queueCodes(options)).toMatchObject({ images: 10, computed: 10, leases: 0 })
    expect(await server.keys()).toEqual([])
  })

  it('goes on after it was interrupted; what a worker had begun is entered then', async () => {
    const server = await RedisServer.start()
    const options = { data: await imageFolder({ a: 40 }), cache: tempFolder(), models, queue: server.url, lease: 4 }
    const ending = new AbortController()
    const working = runWorker({ queue: server.url, root: options.data, workers: 1, signal: ending.signal })
    const stopping = new AbortController()
    const first = await queueCodes({ ...options, signal: stopping.signal, onQueue: ({ done }) => done > 8 && stopping.abort() })
    expect(first.interrupted).toBe(true)
    expect(first.computed).toBeGreaterThan(0)
    expect(first.images).toBeLessThanOrEqual(40)
    const second = await queueCodes(options)
    ending.abort()
    await working
    expect(second).toMatchObject({ images: 40, interrupted: false, quarantined: 0 })
    expect(counts(options.cache)).toEqual({ codes: 40, rows: 40, runs: 1, leases: 0 })
    expect(await server.keys()).toEqual([])
  })

  it('outlives a Redis that is killed and started again', async () => {
    const server = await RedisServer.start()
    const options = { data: await imageFolder({ a: 60 }), cache: tempFolder(), models, queue: server.url, lease: 2, patience: 2 }
    const notes: string[] = []
    let restarted: Promise<void> | undefined
    const restart = async () => {
      await server.kill()
      await setTimeout(300)
      await server.restart()
    }
    const { result } = await withWorkers(
      {
        ...options,
        onNote: (text) => notes.push(text),
        onQueue: ({ done }) => {
          if (done > 10) restarted ??= restart()
        },
      },
      { count: 2 },
    )
    await restarted
    expect(result).toMatchObject({ images: 60, computed: 60, quarantined: 0 })
    expect(counts(options.cache)).toMatchObject({ codes: 60 })
    expect(notes).toContain(`The queue at ${server.url} is gone; waiting for it.`)
    expect(notes).toContain('The queue is there again.')
    await server.kill()
  })

  it('quarantines an image on which the worker fails three times, and codes all others', async () => {
    const server = await RedisServer.start()
    const [data, cache] = [await imageFolder({ a: 12 }), tempFolder()]
    const poison = readFileSync(join(data, 'a/7.png'))
    let tries = 0
    const openPool = async (...given: Parameters<typeof openRunPool>): Promise<OpenRunPool> => {
      const opened = await openRunPool(...given)
      const code: OpenRunPool['pool']['code'] = (images, wanted) => {
        if (!images.some((image) => poison.equals(image))) return opened.pool.code(images, wanted)
        tries++
        throw new Error('the thread\nended')
      }
      const { pool } = opened
      return {
        ...opened,
        pool: {
          code,
          recycle: (result) => pool.recycle(result),
          get size() {
            return pool.size
          },
          get threads() {
            return pool.threads
          },
        },
      }
    }
    const notes: string[] = []
    const { result } = await withWorkers({ data, cache, models, queue: server.url }, { openPool, onNote: (text) => notes.push(text) })
    expect(tries).toBe(3)
    expect(only(result).quarantine).toEqual([
      { path: 'a/7.png', cause: 'poison', reason: 'It was tried 3 times; the last time: the thread ended.' },
    ])
    expect(result).toMatchObject({ images: 12, computed: 11, quarantined: 1 })
    expect(notes).toEqual(Array.from({ length: 3 }, () => 'A lease failed and is tried again: the thread ended.'))
    expect(await server.keys()).toEqual([])
  })

  it('is not taken part in by a worker whose root is another folder', async () => {
    const server = await RedisServer.start()
    const [data, other] = [await imageFolder({ a: 3 }), await imageFolder({ b: 3 })]
    await queueCodes({ data, cache: tempFolder(), models, queue: server.url, detach: true })
    const notes: string[] = []
    const done = await runWorker({ queue: server.url, root: other, workers: 1, idle: 3, onNote: (text) => notes.push(text) })
    expect(done).toMatchObject({ leases: 0, images: 0 })
    expect(notes).toEqual([
      `Expected images of ${data} below --root ${other}, found none of them. Give the folder that holds the same images; waiting for that, or for another run.`,
    ])
    expect((await queueStatus(server.url)).runs).toMatchObject([{ waiting: 1 }])
  })
})
