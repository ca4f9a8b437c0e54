import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { child } from '../queue/children.mjs'
import { startRedis } from '../queue/redis.mjs'
import { contentOf } from './content.mjs'

const script = (name) => fileURLToPath(new URL(`../queue/${name}.mjs`, import.meta.url))
const workers = 2

/**
 * The slow stage through a queue where images kill the worker that decodes them (SIGKILL, so that it can say nothing any more); whoever
 * dies is started again, as a service manager does. The images are to be quarantined after three tries, and all others coded. Needs
 * redis-server.
 */
export async function poison({ options, fingerprint, expected, work }) {
  const folder = join(work, 'poison-redis')
  mkdirSync(folder, { recursive: true })
  const [redis, cache, name] = [await startRedis(folder), join(work, 'poisoned'), 'image_0001.jpg']
  const { data, model, size } = options
  const words = { data, cache, queue: redis.url, lease: 16, patience: 2, ...(model && { models: [model] }), ...(size && { size }) }
  let deaths = 0
  let isOver = false
  const keepWorking = async (working) => {
    while (!isOver) {
      working.one = child(script('deadly-worker'), redis.url, data, name)
      const { code } = await working.one.ended
      if (code === null) deaths++
    }
  }
  const all = Array.from({ length: workers }, () => ({}))
  try {
    const coordinator = child(script('drive'), JSON.stringify(words))
    const kept = all.map(keepWorking)
    const { code, stdout, stderr } = await coordinator.ended
    isOver = true
    for (const { one } of all) one.process.kill('SIGTERM')
    await Promise.all(kept)
    if (code !== 0) throw new Error(`Expected the coordinator to succeed: ${stderr}`)
    const quarantine = JSON.parse(stdout).runs.flatMap((run) => run.quarantine)
    const poisoned = quarantine.filter(({ cause }) => cause === 'poison')
    const { codes } = contentOf(cache, fingerprint)
    const different = [...codes].filter(([image, found]) => expected.codes.get(image) !== found).length
    const missing = expected.codes.size - codes.size
    const strangers = poisoned.filter(({ path }) => basename(path) !== name)
    const same = different === 0 && strangers.length === 0 && missing === poisoned.length
    return { same, deaths, poisoned: poisoned.map(({ path, reason }) => `${path}: ${reason}`), missing, different }
  } finally {
    isOver = true
    for (const { one } of all) one?.process.kill('SIGKILL')
    await redis.kill()
    rmSync(cache, { recursive: true, force: true })
  }
}
