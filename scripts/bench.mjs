#!/usr/bin/env node
/**
 * This machine's figures: npm run bench -- --data DIR [SECTION …] [--peers DIR --python PATH --model FILE.onnx]
 *     [--transformers MODEL.onnx] [--repeats 3] [--cache DIR]
 *
 * Sections: stages, codes, headline, again, first, head, pooled, sweep, gram; all of them unless some are named.
 *
 * Every command is measured from process start to end. With --peers (a folder with slow_stage.py, and a Python that has
 * onnxruntime and torch) project and peer run in turn, so that the ratios hold on a noisy machine; --transformers also runs
 * slow_stage_transformers.mjs of that folder, with a model whose input and output it knows. Prints a line a section on standard
 * error and one JSON object on standard output.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureStages } from './bench-stages.mjs'
import { machine, median, numberAfter, timed } from './bench-tools.mjs'

const scripts = dirname(fileURLToPath(import.meta.url))
const cli = join(scripts, '../dist/start.cjs')
const sections = ['stages', 'codes', 'headline', 'again', 'first', 'head', 'pooled', 'sweep', 'gram']
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    cache: { type: 'string' },
    peers: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    model: { type: 'string', default: fileURLToPath(new URL('../models/efficientnet-lite0.onnx', import.meta.url)) },
    transformers: { type: 'string' },
    repeats: { type: 'string', default: '3' },
  },
})
if (!values.data) throw new Error('Usage: npm run bench -- --data DIR [SECTION …] [--peers DIR --python PATH]')
const unknown = positionals.find((name) => !sections.includes(name))
if (unknown) throw new Error(`Expected sections among ${sections.join(', ')}, got ${unknown}`)
const repeats = Number(values.repeats)
const wanted = new Set(positionals.length > 0 ? positionals : sections)
if (values.cache && ['codes', 'headline', 'first'].some((name) => wanted.has(name)))
  throw new Error('Expected no --cache together with codes, headline or first, which begin with an empty cache')
const cache = values.cache ?? mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
const results = {}

const command = (name, ...args) =>
  timed(process.execPath, [cli, name, '--data', values.data, '--cache', cache, '--json', '--quiet', ...args])
const range = (run) => Array.from({ length: repeats }, (_, at) => run(at))

function report(name, figures) {
  results[name] = figures
  process.stderr.write(`${name}: ${JSON.stringify(figures)}\n`)
}

/** What the commands are run with, and how much faster than slow_stage.py they have to be. */
const variants = {
  'float32, exact': [],
  'float32, fast': ['--decoder', 'fast'],
  'int8, exact': ['--precision', 'int8'],
  'int8, fast': ['--precision', 'int8', '--decoder', 'fast'],
}
const forget = (...folders) => {
  for (const folder of folders) rmSync(join(cache, folder), { recursive: true, force: true })
}

/** Images per second of what a user would take instead. */
function peerRates() {
  if (!values.peers) return {}
  const python = timed(values.python, [join(values.peers, 'slow_stage.py'), 'onnxruntime', values.model, values.data])
  const rates = { onnxruntime: numberAfter('images_per_second', python.stdout) }
  if (!values.transformers) return rates
  const { stdout } = timed(process.execPath, [join(values.peers, 'slow_stage_transformers.mjs'), values.transformers, values.data])
  return {
    ...rates,
    transformers: Math.max(
      ...stdout
        .trim()
        .split('\n')
        .map((line) => numberAfter('images_per_second', line)),
    ),
  }
}

let limits
if (wanted.has('stages')) {
  const stages = await measureStages({ data: values.data, cache })
  limits = stages.limits
  report('stages alone', stages)
}
if (wanted.has('codes')) {
  for (const precision of ['int8, exact', 'int8, fast']) command('codes', ...variants[precision]) // calibrates
  const runs = range(() => {
    const peers = peerRates()
    const own = Object.fromEntries(
      Object.entries(variants).map(([name, options]) => {
        forget('codes-v1')
        const { stdout, seconds: processSeconds, peakMB } = command('codes', ...options)
        const { imagesPerSecond, shares, bound } = JSON.parse(stdout)
        return [name, { imagesPerSecond, processSeconds, peakMB, shares, bound }]
      }),
    )
    process.stderr.write(`${JSON.stringify({ peers, own })}\n`)
    return { peers, own }
  })
  const figures = Object.keys(variants).map((name) => {
    const rate = (run) => run.own[name].imagesPerSecond
    const against = (peer) => (runs[0].peers[peer] ? median(runs.map((run) => rate(run) / run.peers[peer])) : null)
    return [
      name,
      {
        imagesPerSecond: median(runs.map(rate)),
        toOnnxruntime: against('onnxruntime'),
        toTransformers: against('transformers'),
        ofLimit: limits ? median(runs.map(rate)) / limits[name] : null,
        peakMB: Math.max(...runs.map((run) => run.own[name].peakMB)),
        bound: runs[0].own[name].bound,
      },
    ]
  })
  report('codes', { ...Object.fromEntries(figures), peers: runs.map(({ peers }) => peers) })
}
if (wanted.has('headline')) {
  const total = (options) => {
    forget('codes-v1', 'models', 'gram')
    const codes = command('codes', ...options)
    const head = command('train-head', '--pool', 'avg')
    const { accuracy } = JSON.parse(head.stdout)
    return { seconds: codes.seconds + head.seconds, codes: codes.seconds, head: head.seconds, accuracy: accuracy.test }
  }
  for (const name of ['int8, fast', 'float32, exact']) {
    const runs = range(() => total(variants[name]))
    report(`headline, ${name}`, { seconds: median(runs.map((run) => run.seconds)), runs })
  }
}
const seconds = (run) => median(range(run).map((figures) => figures.seconds))
if (['again', 'head', 'pooled', 'sweep', 'gram'].some((name) => wanted.has(name))) command('codes')
if (wanted.has('again')) report('codes, nothing to do', { seconds: seconds(() => command('codes')) })
if (wanted.has('first')) {
  command('codes')
  forget('gram')
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
process.stdout.write(`${JSON.stringify({ ...machine, ...results }, null, 2)}\n`)
