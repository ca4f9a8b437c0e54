import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { child, cli } from '../queue/children.mjs'
import { startRedis } from '../queue/redis.mjs'
import { contentOf, differences, isNone } from './content.mjs'

const drive = fileURLToPath(new URL('../queue/drive.mjs', import.meta.url))
const workers = 4

/**
 * The slow stage through a queue, with four workers: workers killed (SIGKILL) at random times and started again, and in between the
 * coordinator, and Redis, which keeps what it has on the disk. A cache that is finished is compared with an undisturbed one, and the
 * next one begun. Needs redis-server.
 */
export async function queue(context) {
  const { options, fingerprint, work, random, queueKills } = context
  const folder = join(work, 'redis')
  mkdirSync(folder, { recursive: true })
  const redis = await startRedis(folder)
  const counts = { workers: 0, coordinators: 0, redis: 0 }
  const caches = []
  try {
    while (counts.workers < queueKills) {
      const cache = join(work, 'queued')
      const found = await disturbed({ ...context, cache, redis, counts })
      const { codes, rows } = contentOf(cache, fingerprint)
      // The signs of life of killed workers go when they are some seconds old.
      const keys = (await redis.ask('keys', '*')).filter((key) => key !== 'cnn-codes:workers')
      if (keys.length > 0) process.stderr.write(`left in Redis: ${keys.join(' ')}\n`)
      const bad = { ...found, twice: rows - codes.size, keysLeft: keys.length, ...(await differences({ ...options, cache }, context)) }
      caches.push(bad)
      rmSync(cache, { recursive: true, force: true })
    }
  } finally {
    await redis.kill()
  }
  const differing = caches.filter((cache) => !isNone(cache))
  return { same: differing.length === 0, kills: counts, caches: caches.length, differing, seed: random() }
}

/** One run to its end. */
async function disturbed({ options, cache, redis, counts, random, queueKills }) {
  const { data, model, size } = options
  const words = { data, cache, queue: redis.url, lease: 16, patience: 2, ...(model && { models: [model] }), ...(size && { size }) }
  const startWorker = () => child(cli, 'worker', '--queue', redis.url, '--root', data, '--workers', '1', '--quiet')
  const working = Array.from({ length: workers }, startWorker)
  let coordinator = child(drive, JSON.stringify(words))
  const watch = (one) => one.ended.then((found) => found.code !== null && one === coordinator && Object.assign(done, { found }))
  const done = {}
  void watch(coordinator)
  while (!done.found && counts.workers < queueKills) {
    await sleep(300 + 1500 * random())
    if (done.found) break
    const at = Math.floor(random() * workers)
    working[at].process.kill('SIGKILL')
    working[at] = startWorker()
    counts.workers++
    if (counts.workers % 4 === 0) {
      coordinator.process.kill('SIGKILL')
      await coordinator.ended
      coordinator = child(drive, JSON.stringify(words))
      void watch(coordinator)
      counts.coordinators++
    }
    if (counts.workers % 7 === 0) {
      await (counts.redis % 2 === 0 ? redis.kill() : redis.stop())
      await sleep(500)
      await redis.restart()
      counts.redis++
    }
  }
  const end = await coordinator.ended
  for (const { process } of working) process.kill('SIGTERM')
  const ends = await Promise.all(working.map(({ ended }) => ended))
  if (end.code !== 0) process.stderr.write(end.stderr)
  return { coordinatorFailed: end.code === 0 ? 0 : 1, workersFailed: ends.filter(({ code }) => code !== 0).length }
}
