#!/usr/bin/env node
/**
 * What the cache costs where there is nothing to compute:
 *
 *   node scripts/bench-cache.mjs [--files 10000,100000] [--rows 1000000] [--repeats 5] [--folder DIR]
 *
 * files: data sets of so many small images, coded once by a tiny network; then `codes` again, from process start to end.
 * rows: a catalog of so many codes of 1,280 numbers; then a code matrix of 10,000 of them, drawn at random, is opened. With --folder
 * what was made stays there and is used again. Prints one JSON object.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { crc32 } from '@node-rs/crc32'
import sharp from 'sharp'
import { seededRandom } from '../dist/base/random.js'
import { openCatalog } from '../dist/cache/catalog.js'
import { CodeReader } from '../dist/cache/code-reader.js'
import { ShardWriter } from '../dist/cache/shard-writer.js'
import { node } from '../dist/graph/graph.js'
import { writeOnnx } from '../dist/graph/write-onnx.js'
import { machine, median, timed } from './bench-tools.mjs'

const cli = join(dirname(fileURLToPath(import.meta.url)), '../dist/start.cjs')
const text = { type: 'string' }
const { values } = parseArgs({ options: { files: text, rows: text, repeats: text, folder: text } })
const repeats = Number(values.repeats ?? 5)
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
const results = { ...machine }

try {
  for (const files of (values.files ?? '10000,100000').split(',').map(Number)) {
    if (files > 0) results[`nothing to do on ${files} files`] = await measureAgain(files)
  }
  const rows = Number(values.rows ?? 1_000_000)
  if (rows > 0) results[`10000 codes of ${rows}`] = await measureOpening(rows)
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
} finally {
  if (!values.folder) rmSync(folder, { recursive: true, force: true })
}

async function measureAgain(files) {
  const [data, cache, model] = [`data-${files}`, `cache-${files}`, 'tiny.onnx'].map((name) => join(folder, name))
  if (!existsSync(data)) await makeImages(files, data)
  writeFileSync(model, tinyNetwork())
  const codes = () => timed(process.execPath, [cli, 'codes', '--data', data, '--cache', cache, '--model', model, '--json', '--quiet'])
  const first = codes()
  const again = Array.from({ length: repeats }, codes)
  const { images, computed, seconds } = JSON.parse(again[0].stdout)
  if (images !== files || computed > 0) throw new Error(`Expected ${files} images and nothing to do, found ${again[0].stdout}`)
  const node = Array.from({ length: repeats }, () => timed(process.execPath, ['-e', '0']).seconds)
  return {
    firstSeconds: first.seconds,
    seconds: median(again.map((run) => run.seconds)),
    ofThatInTheCommand: seconds,
    nodeAlone: median(node),
    peakMB: Math.max(...again.map((run) => run.peakMB)),
  }
}

/** Images that differ in a text chunk only: all different to the cache, and quickly made. */
async function makeImages(count, data) {
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const end = png.length - 12 // the chunk IEND
  for (let at = 0; at < count; at++) {
    const label = join(data, `class-${at % 100}`)
    if (at < 100) mkdirSync(label, { recursive: true })
    writeFileSync(join(label, `${at}.png`), Buffer.concat([png.subarray(0, end), textChunk(`Comment\0${at}`), png.subarray(end)]))
  }
}

function textChunk(content) {
  const body = Buffer.from(`tEXt${content}`, 'latin1')
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length - 4)
  crc.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, crc])
}

/** Images [n, 3, 8, 8] to their mean colour. */
function tinyNetwork() {
  return writeOnnx({
    inputs: [{ name: 'image', type: 'float32', dims: ['n', 3, 8, 8] }],
    outputs: [{ name: 'y', type: 'float32', dims: ['n', 3, 1, 1] }],
    nodes: [node('GlobalAveragePool', 'y', ['image'])],
    initializers: new Map(),
    opsets: new Map([['', 17]]),
  })
}

async function measureOpening(rows) {
  const cache = join(folder, `cache-rows-${rows}`)
  const identity = { format: 1, backbone: { file: 'ab'.repeat(32) }, layer: 'y', size: 8, preprocessing: {}, precision: 'float32' }
  const hash = (at) => createHash('sha256').update(String(at)).digest('hex')
  if (!existsSync(cache)) {
    const catalog = openCatalog(cache)
    const writer = new ShardWriter(catalog, identity)
    const codes = new Uint16Array(1000 * 1280)
    for (let from = 0; from < rows; from += 1000) {
      for (let i = 0; i < codes.length; i++) codes[i] = (from + i) % 30_000
      await writer.add({ images: Array.from({ length: 1000 }, (_, at) => hash(from + at)), shape: [1280], dtype: 'float16', codes })
    }
    await writer.close()
    catalog.close()
  }
  const random = seededRandom(1)
  const images = Array.from({ length: 10_000 }, () => hash(Math.floor(random() * rows)))
  const seconds = Array.from({ length: repeats }, () => {
    const started = performance.now()
    const catalog = openCatalog(cache)
    const [record] = catalog.codes.all()
    const reader = new CodeReader(catalog, record)
    reader.read(reader.stored(images))
    catalog.close()
    return (performance.now() - started) / 1000
  })
  return { first: seconds[0], seconds: median(seconds), peakMB: process.resourceUsage().maxRSS / 1024 }
}
