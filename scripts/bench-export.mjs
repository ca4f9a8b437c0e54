#!/usr/bin/env node
/**
 * Whether exported .onnx files say in Python what the head says of cached codes:
 *
 *     node scripts/bench-export.mjs --bundle NAME --data DIR --cache DIR [--count 500] [--python python3] [--precision float32]
 *
 * NAME is a head that was trained on DIR's codes in the cache. Python's onnxruntime gets the same resized 8-bit pixels; then the files, decoded
 * and resized by Pillow; then, by a model exported with --any-size, the files' whole pixels. Prints a line of JSON for each. Needs what npm run
 * build makes; --python needs onnxruntime, numpy and Pillow.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { toPreprocessing } from '../dist/bundle/bundle-target.js'
import { exportTo } from '../dist/bundle/export-formats.js'
import { loadBundle } from '../dist/bundle/load-bundle.js'
import { predictImages } from '../dist/bundle/predict-images.js'
import { resizedPixels } from '../dist/bundle/resized-pixels.js'
import { scanFolder } from '../dist/images/scan-folder.js'
import { agreement, evenly } from './bench-tools.mjs'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string' },
    data: { type: 'string', default: 'data' },
    cache: { type: 'string', default: 'cache' },
    count: { type: 'string', default: '500' },
    python: { type: 'string', default: 'python3' },
    precision: { type: 'string' },
  },
})
const { bundle: name, cache, precision } = values
const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
const at = (file) => join(folder, file)
try {
  const { root, files } = scanFolder(values.data)
  const paths = evenly(files, Number(values.count)).map(({ path }) => join(root, path))
  const bundle = loadBundle(name, cache)
  const { size: side } = bundle.identity
  const cached = await predictImages({ bundle: name, cache, paths, top: bundle.labels.length })
  if (cached.cached !== paths.length) throw new Error('Expected codes of all images in the cache')
  const preprocessing = toPreprocessing(bundle.identity)
  const pixels = await resizedPixels(
    paths.map((path) => readFileSync(path)),
    { preprocessing, side },
  )
  writeFileSync(at('pixels'), Buffer.concat(pixels))
  writeFileSync(at('list'), paths.join('\n'))
  const { bytes } = await exportTo({ bundle: name, cache, format: 'onnx', precision, out: at('model.onnx') })
  tell('the same pixels', ['model.onnx', at('pixels'), String(side)], { bytes })
  tell('files, resized by Pillow', ['model.onnx', '--files', at('list'), String(side)])
  await exportTo({ bundle: name, cache, format: 'onnx', precision, anySize: true, out: at('any.onnx') })
  tell('files, resized inside', ['any.onnx', '--whole', at('list')])

  /** Prints how a model agrees with the head on cached codes. */
  function tell(images, [model, ...words], more = {}) {
    execFileSync(values.python, [fileURLToPath(new URL('peer_export.py', import.meta.url)), at(model), ...words, at('out')])
    const bytes = readFileSync(at('out'))
    const said = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    const ours = cached.predictions.map(({ top }) =>
      Float32Array.from(bundle.labels, (label) => top.find((one) => one.label === label).probability),
    )
    process.stdout.write(`${JSON.stringify({ images, count: paths.length, ...agreement(ours, said), ...more })}\n`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
