#!/usr/bin/env node
/**
 * An epoch of fine-tuning from cached codes beside torch and Keras from images, in turn on one machine:
 *     node scripts/bench-finetune.mjs --data DIR --cache DIR [--per-class 30] [--rounds 3] [--python PATH]
 *
 * Everybody trains the last stage of EfficientNet-Lite0 and a softmax layer behind its means on the same images by batches of 32; the
 * second of two epochs counts. Codes that the cache does not have are computed first, and are not in the times. --python needs torch,
 * Pillow, tensorflow and keras. Prints a line a peer on standard error and one JSON object on standard output.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openDataSet } from '../dist/evaluate/data-set.js'
import { splitDataSet } from '../dist/evaluate/split-data-set.js'
import { rankTrain, subsample } from '../dist/evaluate/subsample.js'
import { fineTune } from '../dist/finetune/fine-tune.js'
import { machine, median, numberAfter, timed } from './bench-tools.mjs'

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'data' },
    cache: { type: 'string', default: 'cache' },
    'per-class': { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
  },
})
const { data, cache } = values
const perClass = Number(values['per-class'])
const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
const listing = join(folder, 'images.tsv')
const peer = fileURLToPath(new URL('peer_finetune.py', import.meta.url))
const runs = {
  ours: ourEpoch,
  torch: () => theirEpoch('torch'),
  keras: () => theirEpoch('keras'),
}
const seconds = { ours: [], torch: [], keras: [] }
try {
  await ourEpoch() // the slow stage
  const images = writeList()
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, run] of Object.entries(runs)) {
      seconds[name].push(await run())
      process.stderr.write(`${name}: ${seconds[name].at(-1).toFixed(1)} s\n`)
    }
  }
  const [ours, torch, keras] = Object.values(seconds).map(median)
  const result = { images, seconds, ours, torch, keras, timesTorch: torch / ours, timesKeras: keras / ours }
  process.stdout.write(`${JSON.stringify({ ...machine, ...result })}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Seconds of the second epoch. */
async function ourEpoch() {
  const ends = []
  const options = { data, cache, name: 'bench-finetune', perClass, validation: '0', pool: 'avg', from: 'blocks.15.expand_conv' }
  await fineTune({ ...options, freezeEpochs: 0, epochs: 2, lr: 1e-4, restart: true, onEpoch: () => ends.push(performance.now()) })
  return (ends[1] - ends[0]) / 1000
}

/** The images that are trained on, each with the number of its class. */
function writeList() {
  const set = openDataSet({ data, cache })
  const parts = splitDataSet(set, { validation: '0' })
  const { samples } = subsample(rankTrain(set.images, parts, { seed: 0, repeat: 0 }), { unit: 'per-class', count: perClass })
  set.catalog.close()
  const lines = Array.from(samples, (sample) => `${join(set.root, set.images[sample].path)}\t${parts.labels[sample]}`)
  writeFileSync(listing, lines.join('\n'))
  return lines.length
}

function theirEpoch(framework) {
  const { stdout } = timed(values.python, [peer, framework, listing, '2'])
  return numberAfter('seconds', stdout.trim().split('\n').at(-1))
}
