#!/usr/bin/env node
/**
 * How well `doubt` finds wrong labels: 5 % of a data set's labels are flipped at random, several times.
 *     node scripts/bench-doubt.mjs --data DIR --cache DIR [--pool none,avg] [--seeds 3] [--share 0.05] [--python PATH]
 *
 * With --python (numpy, scikit-learn, cleanlab), cleanlab ranks the same labels by a logistic regression on the pooled codes in the
 * same run. Prints a line a run on standard error, and one JSON object: the share of flipped labels among the first 5, 7.5 and 10 % of
 * the images, and seconds.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/base/random.js'
import { openDataSet } from '../dist/evaluate/data-set.js'
import { findLabelDoubt } from '../dist/evaluate/doubt/find-label-doubt.js'
import { openFeatures } from '../dist/evaluate/features.js'
import { machine, timed } from './bench-tools.mjs'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'data' },
    cache: { type: 'string', default: 'cache' },
    pool: { type: 'string', default: 'none,avg' },
    seeds: { type: 'string', default: '3' },
    share: { type: 'string', default: '0.05' },
    python: { type: 'string' },
  },
})
const { data, cache } = values
const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
const set = openDataSet({ data, cache })
const { images } = set
const classes = [...new Set(images.map(({ label }) => label))].sort()
const peer = fileURLToPath(new URL('peer_doubt.py', import.meta.url))
const runs = []
try {
  if (values.python) await writeCodes()
  set.catalog.close()
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const labels = flipped(seed)
    const wrong = new Set(images.flatMap(({ path, label }) => (labels.get(path) === label ? [] : [path])))
    const file = join(folder, 'labels.csv')
    writeFileSync(file, images.map(({ path }) => `"${path}","${labels.get(path)}"\n`).join(''))
    for (const pool of values.pool.split(',')) {
      const { doubts, seconds, estimatedErrors } = await findLabelDoubt({ data, cache, labels: file, pool })
      const ranked = doubts.map(({ path }) => path)
      told({ by: 'doubt', seed, pool, wrong: wrong.size, ...found(ranked, wrong), estimated: Math.round(estimatedErrors), seconds })
    }
    if (values.python) {
      writeFileSync(join(folder, 'labels.json'), JSON.stringify(images.map(({ path }) => classes.indexOf(labels.get(path)))))
      const { stdout, seconds } = timed(values.python, [peer, folder, String(images.length)])
      const ranked = JSON.parse(stdout.trim().split('\n').at(-1)).map((at) => images[at].path)
      told({ by: 'cleanlab', seed, pool: 'avg', wrong: wrong.size, ...found(ranked, wrong), seconds })
    }
  }
  process.stdout.write(`${JSON.stringify({ ...machine, images: images.length, runs })}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The label of each path, some of them another class's. */
function flipped(seed) {
  const random = seededRandom(seed)
  const order = images.map((_, at) => [random(), at]).sort((a, b) => a[0] - b[0])
  const chosen = new Set(order.slice(0, Math.round(images.length * Number(values.share))).map(([, at]) => at))
  return new Map(
    images.map(({ path, label }, at) => {
      const others = classes.filter((other) => other !== label)
      return [path, chosen.has(at) ? others[Math.floor(random() * others.length)] : label]
    }),
  )
}

/** Shares of the wrong labels among the first of the ranking. */
function found(ranked, wrong) {
  const among = (share) => ranked.slice(0, Math.floor(images.length * share)).filter((path) => wrong.has(path)).length / wrong.size
  return { first5: among(0.05), first7half: among(0.075), first10: among(0.1) }
}

function told(run) {
  runs.push(run)
  const shares = [run.first5, run.first7half, run.first10].map((share) => `${(share * 100).toFixed(1)} %`).join(', ')
  process.stderr.write(
    `${run.by}, ${run.pool}, seed ${run.seed}: ${shares} of ${run.wrong} in the first 5, 7.5, 10 %; ${run.seconds.toFixed(1)} s\n`,
  )
}

async function writeCodes() {
  const features = await openFeatures(set, { pool: 'avg' })
  const all = Int32Array.from(images.keys())
  const { data: codes } = await features.of(all, all)
  writeFileSync(join(folder, 'codes.f32'), new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength))
}
