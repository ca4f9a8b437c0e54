#!/usr/bin/env node
/**
 * Memory over a long run: node scripts/bench-memory.mjs --data DIR [--images 50000] [--folder DIR] [--decoder fast] [--precision int8]
 *
 * Makes as many images of a folder's JPEGs as are asked for, each distinct by a counter in a comment, computes all their codes and
 * reports the peak of resident memory over the first tenth and over the rest. Takes 150 KB of disk an image while it runs.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { extractCodes } from '../dist/extract/extract-codes.js'
import { scanFolder } from '../dist/images/scan-folder.js'
import { machine } from './bench-tools.mjs'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    images: { type: 'string', default: '50000' },
    folder: { type: 'string', default: tmpdir() },
    decoder: { type: 'string', default: 'exact' },
    precision: { type: 'string', default: 'float32' },
  },
})
if (!values.data) throw new Error('Usage: node scripts/bench-memory.mjs --data DIR [--images 50000] [--decoder fast] [--precision int8]')
const count = Number(values.images)
const folder = mkdtempSync(join(values.folder, 'cnn-codes-memory-'))

/** The JPEG with a comment behind its first marker (ITU T.81, B.2.4.5). */
function withComment(jpeg, text) {
  const comment = Buffer.from(`\xff\xfe\0${String.fromCharCode(text.length + 2)}${text}`, 'latin1')
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)])
}

function makeImages() {
  const { root, files } = scanFolder(values.data)
  const jpegs = files.filter(({ path }) => /\.jpe?g$/i.test(path)).map(({ path }) => readFileSync(join(root, path)))
  for (let at = 0; at < count; at++) {
    const part = join(folder, 'images', String(at % 100))
    if (at < 100) mkdirSync(part, { recursive: true })
    writeFileSync(join(part, `${at}.jpg`), withComment(jpegs[at % jpegs.length], String(at)))
  }
}

try {
  makeImages()
  const peaks = { first: 0, rest: 0 }
  const result = await extractCodes({
    data: join(folder, 'images'),
    cache: join(folder, 'cache'),
    decoder: values.decoder,
    precision: values.precision,
    onProgress({ done }) {
      const part = done <= count / 10 ? 'first' : 'rest'
      peaks[part] = Math.max(peaks[part], process.memoryUsage.rss())
    },
  })
  const { images, computed, quarantined, imagesPerSecond } = result
  const peakMB = Math.max(peaks.first, peaks.rest) / 1e6
  const growth = peaks.rest / peaks.first - 1
  process.stdout.write(`${JSON.stringify({ ...machine, images, computed, quarantined, imagesPerSecond, peakMB, growth }, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
