#!/usr/bin/env node
/**
 * This machine's figures: npm run bench -- --data DIR [--peers DIR --python PATH --model FILE.onnx] [--transformers DIR] [--repeats 3] [--cache DIR] [--only codes,again,first,head,pooled,sweep,gram]
 *
 * Every command is measured from process start to end. With --peers (a folder with slow_stage.py, and a Python that has
 * onnxruntime and torch) project and peer run in turn, so that the ratios hold on a noisy machine. Prints a table on
 * standard error and one JSON object on standard output.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const scripts = dirname(fileURLToPath(import.meta.url))
const cli = join(scripts, '../dist/start.cjs')
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    cache: { type: 'string' },
    peers: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    model: { type: 'string', default: fileURLToPath(new URL('../models/efficientnet-lite0.onnx', import.meta.url)) },
    transformers: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    only: { type: 'string', default: 'codes,again,first,head,pooled,sweep,gram' },
  },
})
if (!values.data) throw new Error('Usage: npm run bench -- --data DIR [--peers DIR --python PATH]')
const repeats = Number(values.repeats)
const wanted = new Set(values.only.split(','))
if (values.cache && /codes|first/.test(values.only))
  throw new Error('Expected no --cache together with codes or first, which begin with an empty cache')
const cache = values.cache ?? mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
const results = {}

/** Runs a program; returns its seconds, peak resident memory in MB (where /usr/bin/time is there), and output. */
function timed(program, args) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', 'peak=%M', program, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`)
  return { seconds: (performance.now() - started) / 1000, peakMB: Number(/peak=(\d+)/.exec(stderr)?.[1]) / 1024, stdout }
}

const command = (name, ...args) =>
  timed(process.execPath, [cli, name, '--data', values.data, '--cache', cache, '--json', '--quiet', ...args])
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]
const range = (run) => Array.from({ length: repeats }, (_, at) => run(at))

function report(name, figures) {
  results[name] = figures
  process.stderr.write(`${name}: ${JSON.stringify(figures)}\n`)
}

if (wanted.has('codes')) {
  const runs = range(() => {
    rmSync(join(cache, 'codes-v1'), { recursive: true, force: true })
    const own = command('codes')
    const peer =
      values.peers &&
      /images_per_second ([\d.]+)/.exec(
        timed(values.python, [join(values.peers, 'slow_stage.py'), 'onnxruntime', values.model, values.data]).stdout,
      )?.[1]
    const { images, seconds, shares } = JSON.parse(own.stdout)
    return {
      own: images / seconds,
      processSeconds: own.seconds,
      peakMB: own.peakMB,
      shares,
      peer: peer === undefined ? null : Number(peer),
    }
  })
  report('codes', {
    imagesPerSecond: median(runs.map((run) => run.own)),
    peerImagesPerSecond: values.peers ? median(runs.map((run) => run.peer)) : null,
    ratio: values.peers ? median(runs.map((run) => run.own / run.peer)) : null,
    peakMB: Math.max(...runs.map((run) => run.peakMB)),
    shares: runs[0].shares,
    runs,
  })
}
const seconds = (run) => median(range(run).map((figures) => figures.seconds))
if (wanted.has('again')) report('codes, nothing to do', { seconds: seconds(() => command('codes')) })
if (wanted.has('first')) {
  rmSync(join(cache, 'gram'), { recursive: true, force: true })
  const { seconds: first, stdout, peakMB } = command('train-head')
  report('train-head, flat, first', { seconds: first, peakMB, accuracy: JSON.parse(stdout).accuracy })
}
const heads = (pool) => {
  const runs = range((at) => command('train-head', '--pool', pool, '--seed', String(at + 1)))
  return {
    seconds: median(runs.map((run) => run.seconds)),
    peakMB: Math.max(...runs.map((run) => run.peakMB)),
    accuracies: runs.map((run) => JSON.parse(run.stdout).accuracy.test),
  }
}
if (wanted.has('head')) report('train-head, flat, other seeds', heads('none'))
if (wanted.has('pooled')) report('train-head, pooled', heads('avg'))
if (wanted.has('sweep'))
  report('sweep-samples, 6 sizes × 5', {
    seconds: seconds(() => command('sweep-samples', '--per-class', '5,10,15,20,25,30', '--repeats', '5')),
  })
if (wanted.has('gram')) {
  const own = JSON.parse(timed(process.execPath, [join(scripts, 'time-gram.mjs'), values.data, cache]).stdout)
  const peer = values.peers
    ? Number(timed(values.python, [join(scripts, 'gram_triangle.py'), String(own.rows), String(own.length)]).stdout)
    : null
  report('Gram triangle', { ...own, torchSeconds: peer, ratio: peer && own.seconds / peer })
}
if (!values.cache) rmSync(cache, { recursive: true, force: true })
process.stdout.write(
  `${JSON.stringify({ machine: `${cpus().length} × ${cpus()[0]?.model}`, node: process.version, ...results }, null, 2)}\n`,
)
