import { existsSync, rmSync, watch } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cachePaths } from '../../dist/cache/paths.js'
import { contentOf, differences, isNone } from './content.mjs'
import { run } from './run.mjs'

/**
 * Kills the slow stage (SIGKILL) again and again: at a random time, or some milliseconds after something changed in the folder of
 * shards (a temporary file, a link, a removal) or beside the catalog (a commit, entries of hashes, leases and signs of life, the
 * end of a run). A cache that is finished before its time is compared with an undisturbed one, and the next one begun.
 */
export async function kills(context) {
  const { options, fingerprint, work } = context
  const moments = []
  const caches = []
  while (moments.length < context.kills) {
    const cache = join(work, 'killed')
    while (moments.length < context.kills) {
      const killed = await kill(run({ ...options, cache }), cachePaths(cache).shards(fingerprint), context)
      if (!killed) break
      moments.push({ ...killed, ...leftovers(contentOf(cache, fingerprint)) })
    }
    const { code, stderr } = await run({ ...options, cache }).ended
    caches.push({ failed: code === 0 ? 0 : 1, ...(stderr && { stderr }), ...(await differences({ ...options, cache }, context)) })
    rmSync(cache, { recursive: true, force: true })
  }
  const bad = caches.filter((cache) => !isNone(cache))
  const halves = moments.filter((moment) => moment.halves > 0).length
  return { same: bad.length === 0 && halves === 0, kills: summary(moments), caches: caches.length, differing: bad }
}

/** Kills the process; undefined when it had come to its end before. */
async function kill({ child, ended }, folder, { random, seconds }) {
  const at = ['time', 'shards', 'catalog'][Math.floor(random() * 3)]
  const changes = 1 + Math.floor(random() * (at === 'shards' ? 12 : 60))
  const delay = random() * (at === 'time' ? 1000 * Math.min(seconds, 4) : 10)
  const moment = async () => {
    if (at === 'shards') await changesIn(folder, { count: changes, child })
    if (at === 'catalog') await changesIn(dirname(folder), { count: changes, child })
    await sleep(delay)
  }
  await Promise.race([moment(), ended])
  child.kill('SIGKILL')
  return (await ended).code === null ? { at } : undefined
}

/** Waits for so many changes in a folder, or for the end of the process. */
async function changesIn(folder, { count, child }) {
  while (!existsSync(folder) && child.exitCode === null) await sleep(2)
  if (child.exitCode !== null) return
  await new Promise((resolve) => {
    let seen = 0
    const watcher = watch(folder, () => {
      if (++seen === count) done()
    })
    const done = () => {
      watcher.close()
      resolve()
    }
    child.on('exit', done)
  })
}

/** What a kill left behind. */
function leftovers({ temporary, orphans, halves, leases, shards }) {
  return { temporary, orphans, halves, leases, shards }
}

function summary(moments) {
  const having = (what) => moments.filter((moment) => moment[what] > 0).length
  const at = (what) => moments.filter((moment) => moment.at === what).length
  return {
    all: moments.length,
    at: { time: at('time'), shards: at('shards'), catalog: at('catalog') },
    left: {
      temporary: having('temporary'),
      orphans: having('orphans'),
      leases: having('leases'),
      halves: having('halves'),
      nothing: moments.filter(({ shards, temporary }) => shards + temporary === 0).length,
    },
  }
}
