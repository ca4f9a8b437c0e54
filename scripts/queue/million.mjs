import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openCatalog } from '../../dist/cache/catalog.js'
import { CodeReader } from '../../dist/cache/code-reader.js'
import { evenly } from '../bench-tools.mjs'
import { child, cli, expectDone } from './children.mjs'
import { startRedis } from './redis.mjs'
import { simulatedCode } from './simulated-pool.mjs'

/** A worker whose forward pass is a hash. */
export const workerScript = fileURLToPath(new URL('simulated-worker.mjs', import.meta.url))
const perFolder = 1000

/** A network whose codes the simulated ones stand for. */
export const network = ['--model', 'cnn7', '--weights', 'random', '--size', '32']
const pathOf = (at) => `c${String(Math.floor(at / perFolder)).padStart(4, '0')}/${at}.jpg`

/** Simulated images through the queue: images per second of the whole command, memory, and whether each is there once. */
export async function million({ images, workers, lease, folder, work }) {
  const data = folder ?? join(work, 'images')
  makeImages(data, images)
  const redis = await startRedis(work)
  try {
    const working = Array.from({ length: workers }, () => child(workerScript, redis.url, data))
    while (Number(await redis.ask('hlen', 'cnn-codes:workers')) < workers) await sleep(50)
    const cache = join(work, 'cache')
    const rest = ['--queue', redis.url, '--lease', lease, ...network, '--json', '--quiet']
    const options = ['--data', data, '--cache', cache, ...rest]
    const first = await expectDone(child(cli, 'codes', ...options), 'codes')
    const memory = String(await redis.ask('info', 'memory'))
    const again = await expectDone(child(cli, 'codes', ...options), 'codes again')
    const killed = await killedOnce(['--data', data, '--cache', join(work, 'killed'), ...rest], first.seconds / 2)
    for (const { process } of working) process.kill('SIGTERM')
    const ends = await Promise.all(working.map((one) => expectDone(one, 'a worker')))
    const result = JSON.parse(first.stdout)
    return {
      images,
      workers,
      seconds: first.seconds,
      imagesPerSecond: images / first.seconds,
      coordinatorMB: first.peakMB,
      workerMB: Math.max(...ends.map(({ peakMB }) => peakMB)),
      redisMB: Number(/used_memory_peak:(\d+)/.exec(memory)?.[1]) / 2 ** 20,
      catalogMB: statSync(join(cache, 'codes-v1', 'catalog.sqlite')).size / 2 ** 20,
      computed: result.computed,
      again: { seconds: again.seconds, computed: JSON.parse(again.stdout).computed, coordinatorMB: again.peakMB },
      killed,
      ...checkCodes(cache, data, images),
      keysLeft: await redis.ask('keys', '*'),
    }
  } finally {
    await redis.kill()
  }
}

/** The same with a coordinator that is killed after some seconds, and another one that goes on: what that found, and took. */
async function killedOnce(options, seconds) {
  const first = child(cli, 'codes', ...options)
  await sleep(seconds * 1000)
  first.process.kill('SIGKILL')
  await first.ended
  const { peakMB, stdout, ...rest } = await expectDone(child(cli, 'codes', ...options), 'codes after a kill')
  const { images, computed, cached } = JSON.parse(stdout)
  return { seconds: rest.seconds, images, computed, cached, coordinatorMB: peakMB }
}

/** Files of 300 bytes, all different, a thousand in a folder; those that are there stay. */
export function makeImages(data, images) {
  for (let at = 0; at < images; at++) {
    const path = join(data, pathOf(at))
    if (at % perFolder === 0) mkdirSync(join(data, pathOf(at), '..'), { recursive: true })
    if (at % perFolder === 0 && existsSync(join(data, pathOf(Math.min(at + perFolder, images) - 1)))) {
      at += perFolder - 1
      continue
    }
    writeFileSync(path, `image ${at} `.repeat(40).slice(0, 300))
  }
}

/** Counts rows, and reads a thousand codes. */
function checkCodes(cache, data, images) {
  const catalog = openCatalog(cache)
  try {
    const one = (sql) => catalog.database.prepare(sql).pluck().get()
    const reader = new CodeReader(catalog, catalog.codes.all()[0])
    const all = Array.from({ length: images }, (_, at) => at)
    let wrong = 0
    for (const at of evenly(all, 1000)) {
      const bytes = readFileSync(join(data, pathOf(at)))
      const image = one(`SELECT lower(hex(image)) FROM file WHERE path = '${pathOf(at)}'`)
      const code = new Uint16Array(simulatedCode(bytes).length)
      reader.read([image], code)
      if (Buffer.compare(Buffer.from(code.buffer), Buffer.from(simulatedCode(bytes).buffer)) !== 0) wrong++
    }
    return {
      rows: one('SELECT count(*) FROM code'),
      distinct: one('SELECT count(DISTINCT image) FROM code'),
      rowsInShards: one('SELECT sum(rows) FROM shard'),
      sampled: Math.min(1000, images),
      wrong,
    }
  } finally {
    catalog.close()
  }
}
