#!/usr/bin/env node
/**
 * Whether a bundle exported to TensorFlow.js says in Chromium what its cached codes say.
 *     node scripts/check-tfjs.mjs BUNDLE --data DIR --cache DIR [--images 500] [--backend webgl] [--batch 10] [--precision float32] [--chromium PATH]
 *
 * Twice: fed the same resized 8-bit pixels, and from the files themselves, which the example page decodes and resizes. Prints one JSON
 * object: the largest difference of a probability, and how many images got another class, those apart whose two best classes lie less
 * than 2e-3 apart. Exit code 1 where pixels give another class or differ by more than 2e-3 (1e-2 in float16), or files agree on less than 99 %.
 */
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { toPreprocessing } from '../dist/bundle/bundle-target.js'
import { loadBundle } from '../dist/bundle/load-bundle.js'
import { openHead } from '../dist/bundle/self-check.js'
import { exportTfjs } from '../dist/bundle/tfjs/export-tfjs.js'
import { CodeReader } from '../dist/cache/code-reader.js'
import { openDataSet } from '../dist/evaluate/data-set.js'
import { decodeImage } from '../dist/images/decode.js'
import { resamplePlain } from '../dist/images/resample-plain.js'
import { machine, withDefaults } from './bench-tools.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: withDefaults({
    data: 'data',
    cache: 'cache',
    images: '500',
    backend: 'webgl',
    batch: '10',
    precision: 'float32',
    chromium: process.env.CHROMIUM ?? '/usr/bin/chromium',
  }),
})
const { data, cache, backend, precision } = values
const batch = Number(values.batch)
const bundle = loadBundle(positionals[0] ?? '', cache)
const preprocessing = toPreprocessing(bundle.identity)
const { size } = bundle.identity
const classes = bundle.labels.length
const limit = precision === 'float16' ? 1e-2 : 2e-3
const out = mkdtempSync(join(tmpdir(), 'cnn-codes-tfjs-'))
const server = createServer((request, response) => void answer(request.url ?? '/', response))
let browser
try {
  const { bytes } = await exportTfjs(bundle, { out, cache, precision })
  const { images, root, wanted } = await fromCodes()
  const paths = images.map(({ path }) => join(root, path))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.paths = paths
  const page = await openPage()
  const pixels = await timed(() => inBatches(page, paths.length))
  const files = await timed(() => oneByOne(page, paths.length))
  const result = {
    ...machine,
    ...{
      browser: browser.version(),
      backend: await page.evaluate('tf.getBackend()'),
      precision,
      exportedBytes: bytes,
      images: paths.length,
    },
    pixels: { ...compared(wanted, pixels.answers), seconds: pixels.seconds },
    files: { ...compared(wanted, files.answers), seconds: files.seconds },
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  const { pixels: p, files: f } = result
  if (p.otherClass > 0 || p.largest > limit || f.otherClass > 0.01 * paths.length) process.exitCode = 1
} finally {
  await browser?.close()
  server.close()
  rmSync(out, { recursive: true, force: true })
}

/** Images with codes, evenly taken from all, and what the head says of their codes. */
async function fromCodes() {
  const set = openDataSet({ data, cache })
  const head = await openHead(bundle)
  try {
    const reader = new CodeReader(set.catalog, set.catalog.codes.find(bundle.fingerprint), { pool: bundle.pool })
    const count = Math.min(Number(values.images), set.images.length)
    const images = Array.from({ length: count }, (_, at) => set.images[Math.floor((at * set.images.length) / count)])
    const codes = reader.read(images.map(({ sha256 }) => sha256))
    const { data: said } = await head.run(codes, [count, reader.length])
    return { images, root: set.root, wanted: Float32Array.from(said) }
  } finally {
    await head.release()
    set.catalog.close()
  }
}

/** The export, /pixels/FROM/TO and /file/AT. */
async function answer(url, response) {
  const [, kind, from, to] = url.split('/')
  if (kind === 'pixels') {
    const rows = server.paths.slice(Number(from), Number(to)).map((path) => prepared(path))
    return response.end(Buffer.concat(await Promise.all(rows)))
  }
  const path = kind === 'file' ? server.paths[Number(from)] : join(out, url === '/' ? 'index.html' : url)
  if (!existsSync(path)) return response.writeHead(404).end()
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json' }
  response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
  return createReadStream(path).pipe(response)
}

async function prepared(path) {
  const { exif, alpha, resize } = preprocessing
  return resamplePlain(await decodeImage(readFileSync(path), { exif, alpha }), size, resize)
}

async function openPage() {
  browser = await chromium.launch({ executablePath: values.chromium, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.evaluate(`tf.setBackend('${backend}').then(async () => { globalThis.model = await tf.loadGraphModel('./model.json') })`)
  return page
}

async function inBatches(page, count) {
  const answers = []
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(from + batch, count)
    const said = await page.evaluate(`(async () => {
      const pixels = new Uint8Array(await (await fetch('./pixels/${from}/${to}')).arrayBuffer())
      const output = tf.tidy(() => model.predict(tf.tensor4d(Int32Array.from(pixels), [${to - from}, ${size}, ${size}, 3], 'int32')))
      const data = Array.from(await output.data())
      output.dispose()
      return data
    })()`)
    answers.push(...said)
    process.stderr.write(`\r${to} of ${count} by pixels `)
  }
  return answers
}

async function oneByOne(page, count) {
  const answers = []
  for (let at = 0; at < count; at++) {
    const said = await page.evaluate(`(async () => {
      const { classify } = await import('./classify.js')
      return Array.from(await classify(await (await fetch('./file/${at}')).blob()))
    })()`)
    answers.push(...said)
    process.stderr.write(`\r${at + 1} of ${count} from files `)
  }
  process.stderr.write('\n')
  return answers
}

async function timed(action) {
  const started = performance.now()
  return { answers: await action(), seconds: Math.round((performance.now() - started) / 100) / 10 }
}

function compared(wanted, found) {
  let [largest, otherClass, close] = [0, 0, 0]
  for (let from = 0; from < wanted.length; from += classes) {
    const [expected, said] = [wanted, found].map((all) => Array.from(all.slice(from, from + classes)))
    for (const [at, value] of expected.entries()) largest = Math.max(largest, Math.abs(value - said[at]))
    const [first, second] = expected.toSorted((a, b) => b - a)
    if (best(expected) === best(said)) continue
    if (first - second < 2e-3) close++
    else otherClass++
  }
  return { largest, otherClass, otherClassOfClosePairs: close }
}

function best(row) {
  return row.indexOf(Math.max(...row))
}
