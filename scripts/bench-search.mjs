#!/usr/bin/env node
/**
 * Time and memory of `search` over a large made-up data set, beside numpy.
 *
 * node scripts/bench-search.mjs --folder DIR [--rows 1000000] [--length 1280] [--queries 1] [--runs 3] [--python python3]: writes float16
 * codes through the cache's own shard writer, and the same rows as one file for scripts/peer_search.py; searches with both in turn, each
 * in a process of its own, and prints a JSON object. DIR takes twice the codes (5.2 GB) and is deleted at the end. Needs what npm run
 * build makes, and numpy.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, realpathSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '../dist/base/random.js'
import { openCatalog } from '../dist/cache/catalog.js'
import { ShardWriter } from '../dist/cache/shard-writer.js'
import { searchImages } from '../dist/index.js'

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    rows: { type: 'string', default: '1000000' },
    length: { type: 'string', default: '1280' },
    queries: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    one: { type: 'boolean', default: false },
  },
})
if (values.folder === undefined) throw new Error('Expected --folder DIR, a new folder for the codes')
const [rows, length, queries, runs] = [values.rows, values.length, values.queries, values.runs].map(Number)
const top = 12
const [data, cache, raw] = ['data', 'cache', 'codes.f16'].map((name) => join(values.folder, name))
/** Rows that are searched by: files whose content the cache has a code of. */
const asked = Array.from({ length: queries }, (_, at) => Math.floor((at * rows) / queries))
const queryFile = (row) => join(values.folder, `${row}.jpg`)

if (values.one) await searchOnce()
else await compare()

/** One search, as a process that does nothing else. */
async function searchOnce() {
  const { queries: found, seconds } = await searchImages({ data, cache, queries: asked.map(queryFile), top })
  const nearest = found.map((query) => query.nearest.map(({ path, similarity }) => ({ row: Number(path.slice(2, 10)), similarity })))
  process.stdout.write(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS / 1e6, nearest }))
}

async function compare() {
  mkdirSync(values.folder)
  try {
    await write()
    const here = fileURLToPath(import.meta.url)
    const peer = join(here, '../peer_search.py')
    const own = process.argv.slice(2)
    const results = { search: [], numpy: [] }
    let same = true
    for (let run = 0; run < runs; run++) {
      const ours = JSON.parse(execFileSync(process.execPath, [here, ...own, '--one'], { encoding: 'utf8' }))
      const theirs = JSON.parse(
        execFileSync(values.python, [peer, raw, String(length), String(top), ...asked.map(String)], { encoding: 'utf8' }),
      )
      same &&= ours.nearest.every((list, query) => list.every(({ row }, at) => row === theirs.nearest[query][at].row))
      for (const [name, { seconds, peak }] of [
        ['search', ours],
        ['numpy', theirs],
      ])
        results[name].push({ seconds: round(seconds), peak: round(peak) })
    }
    process.stdout.write(`${JSON.stringify({ rows, length, queries, top, same, ...results })}\n`)
    process.exitCode = same ? 0 : 1
  } finally {
    rmSync(values.folder, { recursive: true, force: true })
  }
}

/** The cache, as a completed `codes` leaves it, the rows in one file, and the files to search by. */
async function write() {
  mkdirSync(data)
  const catalog = openCatalog(cache)
  const identity = {
    format: 1,
    backbone: { file: 'ab'.repeat(32) },
    layer: 'y',
    size: 8,
    preprocessing: { resize: 'squish' },
    precision: 'float32',
  }
  const writer = new ShardWriter(catalog, identity)
  const file = openSync(raw, 'w')
  const random = seededRandom(1)
  const block = 1000
  const files = []
  for (let from = 0; from < rows; from += block) {
    const images = Array.from({ length: Math.min(block, rows - from) }, (_, at) => hashOf(from + at))
    const codes = Uint16Array.from({ length: images.length * length }, () => toFloat16Bits(random()))
    await writer.add({ images, shape: [length], dtype: 'float16', codes })
    writeSync(file, codes)
    for (const [at, image] of images.entries()) {
      files.push({
        path: `a/${String(from + at).padStart(8, '0')}.jpg`,
        label: 'a',
        part: undefined,
        stamp: undefined,
        hashed: undefined,
        image,
      })
    }
  }
  closeSync(file)
  await writer.close()
  const dataset = catalog.files.addDataset(realpathSync(data))
  catalog.files.replaceFiles(dataset, [], files)
  const fingerprint = catalog.codes.add(identity, [length])
  catalog.runs.add({ dataset, fingerprint: fingerprint.id, model: 'net.onnx', started: 0, finished: 1, details: {} })
  catalog.close()
  for (const row of asked) writeFileSync(queryFile(row), String(row))
}

/** sha256 of a row's image: that of its number as text. */
function hashOf(row) {
  return createHash('sha256').update(String(row)).digest('hex')
}

/** A float16 from 1/16 to 1, of either sign, from a number in [0, 1). */
function toFloat16Bits(value) {
  const bits = Math.floor(value * 2 ** 13)
  return ((bits & 0x1000) << 3) | ((11 + ((bits >> 10) & 3)) << 10) | (bits & 0x3ff)
}

function round(value) {
  return Number(value.toPrecision(3))
}
