#!/usr/bin/env node
/**
 * Kills the slow stage again and again (SIGKILL, at random moments) and compares what is left with an undisturbed run:
 *
 *   node scripts/torture-codes.mjs --data DIR [--images 600] [--kills 20] [--seed 1] [--model NAME|FILE] [--size N]
 *
 * Half of the kills come at a random time, the others a few milliseconds after something changed in the folder of shards,
 * so that they hit the steps of publishing. Shards are kept small for the same reason. A cache that gets finished before
 * its time is compared and the next one begun. Prints a JSON report; exit code 1 when anything differs.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom, shuffle } from '../dist/base/random.js'
import { copyCatalog } from '../dist/cache/catalog.js'
import { cachePaths } from '../dist/cache/paths.js'
import { decodeShard } from '../dist/cache/shard-file.js'
import { scanFolder } from '../dist/images/scan-folder.js'
import { extractCodes, planCodes } from '../dist/index.js'

const self = fileURLToPath(import.meta.url)
const shardLimits = { bytes: 2 ** 20, milliseconds: 1000 }

const text = { type: 'string' }
const { values } = parseArgs({
  options: { data: text, images: text, kills: text, seed: text, model: text, size: text, drive: text },
})

if (values.drive) await extractCodes(JSON.parse(values.drive))
else process.exitCode = await torture()

async function torture() {
  if (!values.data) throw new Error('Usage: node scripts/torture-codes.mjs --data DIR [--images 600] [--kills 20] [--seed 1]')
  const [count, kills, seed] = [Number(values.images ?? 600), Number(values.kills ?? 20), Number(values.seed ?? 1)]
  const work = mkdtempSync(join(tmpdir(), 'cnn-codes-torture-'))
  try {
    const random = seededRandom(seed)
    const data = linkImages(values.data, count, random, join(work, 'data'))
    const network = { ...(values.model && { model: values.model }), ...(values.size && { size: Number(values.size) }) }
    const options = { data, batch: 4, shardLimits, ...network }
    const { fingerprint } = await planCodes({ ...options, cache: join(work, 'none') })

    const started = performance.now()
    await run({ ...options, cache: join(work, 'undisturbed') }).ended
    const seconds = (performance.now() - started) / 1000
    const expected = contentOf(join(work, 'undisturbed'), fingerprint)

    const moments = []
    const rounds = []
    while (moments.length < kills) {
      const cache = join(work, `killed-${rounds.length}`)
      while (moments.length < kills) {
        const child = run({ ...options, cache })
        const killed = await kill(child, cachePaths(cache).shards(fingerprint), { random, seconds })
        if (!killed) break
        moments.push({ ...killed, ...leftovers(cache, fingerprint) })
      }
      const last = run({ ...options, cache })
      const code = await last.ended
      rounds.push({ code, ...(await differences(contentOf(cache, fingerprint), expected, { ...options, cache })) })
    }
    const bad = rounds.filter((round) => Object.values(round).some((value) => value !== 0))
    const report = {
      images: count,
      codes: expected.codes.size,
      undisturbedSeconds: seconds,
      kills: summary(moments),
      rounds,
      same: bad.length === 0,
    }
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    return bad.length === 0 ? 0 : 1
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** A data set of links to `count` images of another one. */
function linkImages(from, count, random, to) {
  const { root, files } = scanFolder(from)
  const order = shuffle(
    files.map((_, at) => at),
    random,
  )
  for (const at of order.slice(0, count)) {
    const { path } = files[at]
    mkdirSync(dirname(join(to, path)), { recursive: true })
    symlinkSync(join(root, path), join(to, path))
  }
  return to
}

/** A process that runs the slow stage; `ended` gives its exit code, null when it was killed. */
function run(options) {
  const child = spawn(process.execPath, [self, '--drive', JSON.stringify(options)], { stdio: ['ignore', 'ignore', 'inherit'] })
  return { child, ended: new Promise((resolve) => child.on('exit', resolve)) }
}

/** Kills the process; undefined when it had come to its end before. */
async function kill({ child, ended }, folder, { random, seconds }) {
  const atWrite = random() < 0.5
  const changes = 1 + Math.floor(random() * 12)
  const delay = random() * (atWrite ? 10 : 1000 * Math.min(seconds, 4))
  const moment = async () => {
    if (atWrite) await changesIn(folder, changes, child)
    await sleep(delay)
  }
  const first = await Promise.race([moment().then(() => 'now'), ended.then(() => 'ended')])
  if (first === 'ended') return undefined
  child.kill('SIGKILL')
  return (await ended) === null ? { atWrite } : undefined
}

/** Waits for so many changes in a folder, or for the end of the process. */
async function changesIn(folder, count, child) {
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
function leftovers(cache, fingerprint) {
  const { temporary, orphans, shards } = contentOf(cache, fingerprint)
  return { temporary, orphans, shards }
}

/** Everything that a cache holds of a fingerprint. */
function contentOf(cache, fingerprint) {
  const folder = cachePaths(cache).shards(fingerprint)
  const names = existsSync(folder) ? readdirSync(folder) : []
  const catalog = copyCatalog(cache)
  const record = catalog?.codes.find(fingerprint)
  const known = record ? catalog.codes.shards(record.id) : new Set()
  const places = record ? catalog.codes.places(record.id) : []
  catalog?.close()
  const shardNames = names.filter((name) => name.endsWith('.arrow'))
  const views = new Map(
    shardNames
      .filter((name) => known.has(name.slice(0, 64)))
      .map((name) => [name.slice(0, 64), decodeShard(readFileSync(join(folder, name)))]),
  )
  const codes = new Map(
    places.map(({ image, shard: { digest }, row, dtype }) => {
      const { codes: all, length } = views.get(digest)
      const part = all.subarray(row * length, (row + 1) * length)
      return [image, `${dtype} ${Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64')}`]
    }),
  )
  const rows = [...views.values()].reduce((sum, view) => sum + view.rows, 0)
  return { codes, rows, shards: shardNames.length, orphans: shardNames.length - views.size, temporary: names.length - shardNames.length }
}

/** How a finished cache differs from the undisturbed one; all zero when it does not. */
async function differences(found, expected, options) {
  const missing = [...expected.codes.keys()].filter((image) => !found.codes.has(image)).length
  const different = [...found.codes].filter(([image, code]) => expected.codes.get(image) !== code).length
  const { computed, quarantined } = await extractCodes(options)
  return {
    missing,
    different,
    twice: found.rows - found.codes.size,
    orphans: found.orphans,
    temporary: found.temporary,
    computedAgain: computed,
    quarantined,
  }
}

function summary(moments) {
  const having = (what) => moments.filter((moment) => moment[what]).length
  return {
    all: moments.length,
    atWrite: having('atWrite'),
    leftTemporary: having('temporary'),
    leftOrphan: having('orphans'),
    leftShards: having('shards'),
  }
}
