#!/usr/bin/env node
/**
 * Measures the slow stage by workers, each with a Redis of its own (redis-server on the PATH):
 *
 *   node scripts/bench-queue.mjs speed --data DIR [--images 2000] [--rounds 5] [--model NAME|FILE] [--size N] [--lease 256]
 *   node scripts/bench-queue.mjs million [--images 1000000] [--workers 4] [--lease 512] [--folder DIR]
 *   node scripts/bench-queue.mjs detached [--images 100000] [--lease 256] [--folder DIR]
 *
 * speed: one process against 2 and 4 workers of a thread each on the same cores, and whether the codes are the same bytes.
 * million: simulated images, small files that are really read and hashed; only the forward pass is replaced by a hash; then
 * once more over all that is entered, and once with a coordinator that is killed half way. `--folder` keeps the images for the next time.
 * detached: what Redis holds of images that are handed out, and reported, while no coordinator runs.
 * Prints JSON.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machine } from './bench-tools.mjs'
import { detached } from './queue/detached.mjs'
import { million } from './queue/million.mjs'
import { speed } from './queue/speed.mjs'

const text = { type: 'string' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: text, images: text, rounds: text, model: text, size: text, lease: text, workers: text, folder: text },
})
const number = (name, usual) => Number(values[name] ?? usual)
const work = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-queue-'))
try {
  const [what] = positionals
  if (what === 'speed' && values.data) {
    const options = { data: values.data, model: values.model, size: values.size, lease: values.lease ?? '256', work }
    print(await speed({ ...options, images: number('images', 2000), rounds: number('rounds', 5) }))
  } else if (what === 'million') {
    const options = { workers: number('workers', 4), lease: values.lease ?? '512', folder: values.folder, work }
    print(await million({ ...options, images: number('images', 1_000_000) }))
  } else if (what === 'detached') {
    print(await detached({ lease: values.lease ?? '256', folder: values.folder, work, images: number('images', 100_000) }))
  } else {
    process.stderr.write('Usage: node scripts/bench-queue.mjs speed --data DIR | million | detached  (the head of the file tells more)\n')
    process.exitCode = 2
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}

function print(result) {
  process.stdout.write(`${JSON.stringify({ ...machine, ...result }, null, 2)}\n`)
}
