#!/usr/bin/env node
/**
 * Whether `predict` says of images what the head says of their cached codes, and how fast it is beside `codes`:
 *
 *     node scripts/bench-predict.mjs --bundle NAME --data DIR --cache DIR [--count 500] [--rounds 3]
 *
 * NAME is a head that was trained on DIR's codes in the cache. The bundle is exported with its network to a temporary folder, from which
 * images are predicted without any cache, and compared with the predictions from cached codes. Then `codes` with an empty cache and
 * `predict` run in turn on as many images. Needs what npm run build makes. Prints one JSON object.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { exportBundle } from '../dist/bundle/export-bundle.js'
import { loadBundle } from '../dist/bundle/load-bundle.js'
import { predictImages } from '../dist/bundle/predict-images.js'
import { extractCodes } from '../dist/index.js'
import { scanFolder } from '../dist/images/scan-folder.js'
import { machine, median } from './bench-tools.mjs'

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
/** Probabilities of the two most probable classes may be this close for another class to be as good. */
const close = 2e-3
const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
try {
  const { root, files } = scanFolder(values.data)
  const count = Math.min(Number(values.count), files.length)
  const chosen = Array.from({ length: count }, (_, at) => files[Math.floor((at * files.length) / count)].path)
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
  if (cached.cached !== count || computed.computed !== count) throw new Error('Expected codes of all images in the cache, and none elsewhere')
  const rates = { codes: [], predict: [] }
  for (let round = 0; round < Number(values.rounds); round++) {
    const empty = join(folder, `empty-${round}`)
    const { model, layer } = bundle.record
    rates.codes.push((await extractCodes({ data: images, cache: empty, model, layer, precision: bundle.identity.precision })).imagesPerSecond)
    rates.predict.push((await predictImages({ bundle: out, cache: none, paths })).imagesPerSecond)
    rmSync(empty, { recursive: true })
  }
  const [codes, predict] = [rates.codes, rates.predict].map(median)
  console.log(JSON.stringify({ ...machine, images: count, ...agreement(cached, computed), codes, predict, ratio: predict / codes, rates }))
} finally {
  rmSync(folder, { recursive: true })
}

/** Images of the same class, those that differ where the two most probable were close, and the largest difference of a probability. */
function agreement({ predictions: one }, { predictions: other }) {
  let [same, closeOnes, largest] = [0, 0, 0]
  for (const [at, { label, top }] of one.entries()) {
    const theirs = new Map(other[at].top.map((each) => [each.label, each.probability]))
    for (const each of top) largest = Math.max(largest, Math.abs(each.probability - theirs.get(each.label)))
    if (label === other[at].label) same++
    else if (top[0].probability - top[1].probability < close) closeOnes++
  }
  return { same, close: closeOnes, largestDifference: largest }
}
