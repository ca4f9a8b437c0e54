import { spawn } from 'node:child_process'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cachePaths } from '../../dist/cache/paths.js'
import { linkImages } from './link-images.mjs'
import { run } from './run.mjs'

const child = fileURLToPath(new URL('flip-bits.mjs', import.meta.url))
/** Images of the cache whose bits are flipped: each flip has all of it verified. */
const images = 100
/** Flips that one process makes: one that crashes takes the rest of them with it. */
const perProcess = 50

/** Flips single bits, half of them in shards, half of them in the catalog; each must be found by verifying, or change nothing. */
export async function flips({ options, work, random, from, flips: count, fingerprint }) {
  const cache = join(work, 'flipped')
  const data = linkImages(from, images, random, join(work, 'flipped-data'))
  await run({ ...options, data, cache }).ended
  const places = Array.from({ length: count }, () => place(cache, fingerprint, random))
  const results = []
  while (results.length < places.length) {
    const part = places.slice(results.length, results.length + perProcess)
    const { lines, code, stderr } = await flip(cache, part)
    results.push(...lines)
    if (lines.length < part.length) results.push({ ...part[lines.length], crashed: stderr || `exit code ${code}` })
  }
  rmSync(cache, { recursive: true, force: true })
  const bad = results.filter(({ found, changes, crashed }) => crashed || (changes && !found))
  return { same: bad.length === 0, ...counts(results), bad: bad.slice(0, 20) }
}

/** A bit of a shard or of the catalog. */
function place(cache, fingerprint, random) {
  const { shards, catalog } = cachePaths(cache)
  const names = readdirSync(shards(fingerprint)).sort()
  const isShard = random() < 0.5
  const file = isShard ? join(shards(fingerprint), names[Math.floor(random() * names.length)]) : catalog
  return { file, isShard, bit: Math.floor(random() * statSync(file).size * 8) }
}

/** Has a process make flips; gives what came of them, as far as it got. */
async function flip(cache, places) {
  const { stdin, stdout, stderr, ...process } = spawnChild()
  stdin.end(JSON.stringify({ cache, places }))
  const [out, err, code] = await Promise.all([textOf(stdout), textOf(stderr), process.ended])
  const lines = out.split('\n').filter((line) => line !== '')
  return { lines: lines.map((line) => JSON.parse(line)), code, stderr: err }
}

function spawnChild() {
  const made = spawn(process.execPath, [child])
  return { stdin: made.stdin, stdout: made.stdout, stderr: made.stderr, ended: new Promise((resolve) => made.on('exit', resolve)) }
}

async function textOf(stream) {
  let text = ''
  for await (const part of stream.setEncoding('utf8')) text += part
  return text
}

function counts(results) {
  const of = (isShard) => {
    const those = results.filter((result) => result.isShard === isShard)
    const found = those.filter((result) => result.found).length
    return { flips: those.length, found, changingNothing: those.filter((result) => !result.found && !result.changes).length }
  }
  return { shards: of(true), catalog: of(false) }
}
