#!/usr/bin/env node
/**
 * Whether `predict` says of images what the head says of their cached codes, and how fast it is beside `codes`:
 *
 *     node scripts/bench-predict.mjs --bundle NAME --data DIR --cache DIR [--count 500] [--rounds 3]
 *
 * NAME is a head that was trained on DIR's codes in the cache. The bundle is exported with its network to a temporary folder, from which
 * images are predicted without any cache, and by a server on loopback, and compared with the predictions from cached codes. Then `codes` with an empty cache and
 * `predict` run in turn on as many images. Needs what npm run build makes. Prints one JSON object.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import PQueue from 'p-queue'
import { exportBundle } from '../dist/bundle/export-bundle.js'
import { loadBundle } from '../dist/bundle/load-bundle.js'
import { predictImages } from '../dist/bundle/predict-images.js'
import { scanFolder } from '../dist/images/scan-folder.js'
import { extractCodes, serveBundle } from '../dist/index.js'
import { agreement, evenly, machine, median } from './bench-tools.mjs'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string' },
    data: { type: 'string', default: 'data' },
    cache: { type: 'string', default: 'cache' },
    count: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '3' },
  },
})
const { cache } = values
const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
try {
  const { root, files } = scanFolder(values.data)
  const chosen = evenly(files, Number(values.count)).map(({ path }) => path)
  const count = chosen.length
  const images = join(folder, 'images')
  for (const path of chosen) {
    mkdirSync(dirname(join(images, path)), { recursive: true })
    symlinkSync(join(root, path), join(images, path))
  }
  const bundle = loadBundle(values.bundle, cache)
  const out = join(folder, 'bundle')
  await exportBundle(bundle, { out, cache, embed: true })
  const none = join(folder, 'none')
  const paths = chosen.map((path) => join(images, path))
  const top = bundle.labels.length
  const cached = await predictImages({ bundle: values.bundle, cache, paths, top })
  const computed = await predictImages({ bundle: out, cache: none, paths, top })
  const served = await answersOfServer({ bundle: out, cache: none, paths, top })
  if (cached.cached !== count || computed.computed !== count)
    throw new Error('Expected codes of all images in the cache, and none elsewhere')
  const rates = { codes: [], predict: [] }
  for (let round = 0; round < Number(values.rounds); round++) {
    const empty = join(folder, `empty-${round}`)
    const { model, layer } = bundle.record
    rates.codes.push(
      (await extractCodes({ data: images, cache: empty, model, layer, precision: bundle.identity.precision })).imagesPerSecond,
    )
    rates.predict.push((await predictImages({ bundle: out, cache: none, paths })).imagesPerSecond)
    rmSync(empty, { recursive: true })
  }
  const [codes, predict] = [rates.codes, rates.predict].map(median)
  process.stdout.write(
    `${JSON.stringify({
      ...machine,
      images: count,
      predicted: agreement(inOrder(cached), flat(inOrder(computed))),
      served: agreement(inOrder(cached), flat(inOrder(served))),
      codes,
      predict,
      ratio: predict / codes,
      rates,
    })}\n`,
  )
} finally {
  rmSync(folder, { recursive: true })
}

/** What a server of the bundle says of the images, 16 asked at a time. */
async function answersOfServer({ paths, top, ...options }) {
  const server = await serveBundle({ ...options, port: 0 })
  const queue = new PQueue({ concurrency: 16 })
  const predictions = await queue.addAll(
    paths.map((path) => async () => {
      const response = await fetch(new URL(`/predict?top=${top}`, server.url), {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: readFileSync(path),
      })
      if (!response.ok) throw new Error(await response.text())
      return (await response.json()).predictions[0]
    }),
  )
  await server.close()
  return { predictions, labels: loadBundle(options.bundle).labels }
}

/** Rows one behind the other. */
function flat(rows) {
  return Float32Array.from(rows.flatMap((row) => [...row]))
}

/** Probabilities in the order of the labels, [labels], of each image. */
function inOrder({ predictions, labels }) {
  return predictions.map(({ top }) => {
    const of = new Map(top.map(({ label, probability }) => [label, probability]))
    return Float32Array.from(labels, (label) => of.get(label))
  })
}
