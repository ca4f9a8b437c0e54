#!/usr/bin/env node
/**
 * Tortures a cache and compares what is left with an undisturbed run:
 *
 *   node scripts/torture-cache.mjs --data DIR [--images 2000] [--seed 1] [--trials kills,processes,flips,full,queue,poison]
 *                                  [--kills 200] [--queue-kills 20] [--flips 1000] [--processes 4] [--model NAME|FILE] [--size N]
 *
 * What each trial does stands in scripts/torture. Shards are kept small, so that much happens. Prints a JSON report; exit code 1
 * when anything differs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/base/random.js'
import { planCodes } from '../dist/index.js'
import { contentOf } from './torture/content.mjs'
import { flips } from './torture/flips.mjs'
import { full } from './torture/full.mjs'
import { kills } from './torture/kills.mjs'
import { linkImages } from './torture/link-images.mjs'
import { poison } from './torture/poison.mjs'
import { processes } from './torture/processes.mjs'
import { queue } from './torture/queue.mjs'
import { run } from './torture/run.mjs'

const trials = { kills, processes, flips, full, queue, poison }
const shardLimits = { bytes: 2 ** 20, milliseconds: 1000 }

const text = { type: 'string' }
const { values } = parseArgs({
  options: {
    'queue-kills': text,
    data: text,
    images: text,
    seed: text,
    trials: text,
    kills: text,
    flips: text,
    processes: text,
    model: text,
    size: text,
  },
})
const number = (name, usual) => Number(values[name] ?? usual)
const names = values.trials?.split(',') ?? Object.keys(trials)
const unknown = names.find((name) => !(name in trials))
if (!values.data || unknown) {
  process.stderr.write(`Usage: node scripts/torture-cache.mjs --data DIR [--images 2000] [--seed 1] [--trials ${Object.keys(trials)}]\n`)
  process.exit(2)
}

const work = mkdtempSync(join(tmpdir(), 'cnn-codes-torture-'))
try {
  process.exitCode = await torture()
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function torture() {
  const [images, seed] = [number('images', 2000), number('seed', 1)]
  const context = await undisturbed(images, seed)
  const report = {}
  for (const name of names) {
    report[name] = await trials[name]({ ...context, random: seededRandom(seed) })
    process.stderr.write(`${name}: ${report[name].same ? 'nothing differs' : 'SOMETHING DIFFERS'}\n`)
  }
  const same = Object.values(report).every((trial) => trial.same)
  const { expected, seconds } = context
  process.stdout.write(`${JSON.stringify({ images, codes: expected.codes.size, seed, seconds, trials: report, same }, null, 2)}\n`)
  return same ? 0 : 1
}

/** What all trials share: the images, how codes are made of them, and the cache of a run that nobody disturbed. */
async function undisturbed(images, seed) {
  const data = linkImages(values.data, images, seededRandom(seed), join(work, 'data'))
  const network = { ...(values.model && { model: values.model }), ...(values.size && { size: Number(values.size) }) }
  const options = { data, batch: 4, shardLimits, ...network }
  const cache = join(work, 'undisturbed')
  const { fingerprint } = await planCodes({ ...options, cache })
  const started = performance.now()
  const { result, stderr } = await run({ ...options, cache }).ended
  if (!result) throw new Error(`Expected an undisturbed run to succeed: ${stderr}`)
  const seconds = (performance.now() - started) / 1000
  const expected = { ...contentOf(cache, fingerprint), quarantined: result.quarantined }
  rmSync(cache, { recursive: true })
  const counts = {
    kills: number('kills', 200),
    queueKills: number('queue-kills', 20),
    flips: number('flips', 1000),
    processes: number('processes', 4),
  }
  return { ...counts, options, fingerprint, expected, seconds, work, from: values.data }
}
