#!/usr/bin/env node
/**
 * Codes larger than memory: node scripts/bench-memory-codes.mjs [--gigabytes 20] [--length 62720] [--classes 20] [--memory 2GB]
 *     [--l2 50] [--options '{"solver":"sgd"}'] [--folder DIR] [--keep] [--sparse]
 *
 * Fills a cache with made-up float16 codes of that size (a weak direction for each class, and noise), trains a head on them in a
 * process of its own, and reports its time and the peak of its resident memory. Needs that much of the disk while it runs; with
 * --sparse, which leaves five eighths of every code zero and digs holes into the files (fallocate, Linux), three eighths of it.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/base/random.js'
import { openCatalog } from '../dist/cache/catalog.js'
import { ShardWriter } from '../dist/cache/shard-writer.js'
import { toFloat16Plain } from '../dist/kernels/float16-plain.js'
import { machine, withDefaults } from './bench-tools.mjs'

const { values } = parseArgs({
  options: {
    ...withDefaults({ gigabytes: '20', length: '62720', classes: '20', memory: '2GB', l2: '50', options: '{}' }),
    folder: { type: 'string' },
    keep: { type: 'boolean', default: false },
    sparse: { type: 'boolean', default: false },
  },
})
const [length, classes] = [Number(values.length), Number(values.classes)]
const images = Math.floor((Number(values.gigabytes) * 1e9) / (2 * length))
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'cnn-codes-large-'))
const [data, cache] = [join(folder, 'data'), join(folder, 'cache')]
const [variants, segments, batch] = [64, 8, 64]
const filled = values.sparse ? 3 : segments

/** Rows of each class, [classes, variants, length] as float16: every code is put together from segments of them. */
function sources(random) {
  return Array.from({ length: classes }, () => {
    const direction = Float32Array.from({ length }, () => 0.01 * (random() - 0.5))
    return Array.from({ length: variants }, () => {
      const row = new Uint16Array(length)
      toFloat16Plain(
        direction.map((value) => value + random() - 0.5),
        row,
      )
      return row
    })
  })
}

const dug = new Set()

/** Gives zeros in finished shards back to the disk. */
function digHoles() {
  const root = join(cache, 'codes-v1')
  const shards = readdirSync(root, { recursive: true }).filter((path) => path.endsWith('.arrow') && !dug.has(path))
  for (const shard of shards) {
    execFileSync('fallocate', ['--dig-holes', join(root, shard)])
    dug.add(shard)
  }
}

async function fill() {
  mkdirSync(data, { recursive: true })
  const random = seededRandom(1)
  const rows = sources(random)
  const catalog = openCatalog(cache)
  const identity = { format: 1, backbone: { file: 'ab'.repeat(32) }, layer: 'y', size: 224, preprocessing: {}, precision: 'float32' }
  const shape = [length]
  const writer = new ShardWriter(catalog, identity)
  const files = []
  for (let from = 0; from < images; from += batch) {
    const some = Array.from({ length: Math.min(batch, images - from) }, (_, at) => from + at)
    const codes = new Uint16Array(some.length * length)
    for (const [at, image] of some.entries()) {
      const label = image % classes
      files.push({ path: `${label}/${image}.jpg`, label: String(label), image: createHash('sha256').update(String(image)).digest('hex') })
      for (let segment = 0; segment < filled; segment++) {
        const [start, end] = [segment, segment + 1].map((side) => Math.floor((side * length) / segments))
        codes.set(rows[label][Math.floor(random() * variants)].subarray(start, end), at * length + start)
      }
    }
    if (values.sparse && from % (batch * 64) === 0) digHoles()
    await writer.add({ images: files.slice(from).map(({ image }) => image), shape, dtype: 'float16', codes })
  }
  await writer.close()
  if (values.sparse) digHoles()
  const dataset = catalog.files.addDataset(realpathSync(data))
  catalog.files.replaceFiles(dataset, catalog.files.files(dataset), files)
  const fingerprint = catalog.codes.add(identity, shape)
  catalog.runs.add({ dataset, fingerprint: fingerprint.id, model: 'made-up', started: 0, finished: 1, details: {} })
  catalog.close()
}

/** Runs in a process of its own, whose peak is the training's alone. */
const training = `
const { trainHead } = await import(${JSON.stringify(new URL('../dist/evaluate/train-head.js', import.meta.url).href)})
const { byteSize } = await import(${JSON.stringify(new URL('../dist/commands/option-values.js', import.meta.url).href)})
const result = await trainHead({ ...JSON.parse(process.argv[1]), memory: byteSize('memory')(process.argv[2]) })
console.log(JSON.stringify({ ...result, peakMB: process.resourceUsage().maxRSS * 1.024e-3 }))`

try {
  let started = performance.now()
  if (!existsSync(join(cache, 'codes-v1'))) await fill()
  const fillSeconds = (performance.now() - started) / 1000
  started = performance.now()
  const options = JSON.stringify({ data, cache, l2: Number(values.l2), ...JSON.parse(values.options) })
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', training, options, values.memory], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { space, epochs, accuracy, seconds, peakMB } = JSON.parse(told)
  const report = { ...machine, images, length, classes, memory: values.memory, fillSeconds, space, epochs, accuracy, seconds, peakMB }
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true })
}
