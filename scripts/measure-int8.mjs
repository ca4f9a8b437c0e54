#!/usr/bin/env node
/**
 * int8 against float32: node scripts/measure-int8.mjs --data DIR [--models efficientnet-lite0,inceptionv3:random,…]
 *     [--images 64] [--batch 8] [--rounds 7] [--threads 1,2] [--kernels]
 *
 * Calibrates each network on 128 images of the folder and runs float32 and int8 in turn on others, so that the ratios
 * hold on a noisy machine: images per second of the forward pass (median over the rounds), cosine of the flat and the
 * mean-pooled codes, and whether int8 gives the same bytes whatever the batch and the number of threads. A model may
 * name its weight file (squeezenet:FILE) or `random`, with which speeds mean something and cosines little.
 * --kernels: also counts the operators that onnxruntime makes of the int8 graph. A line a model on standard error, JSON
 * on standard output.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import proto from 'onnx-proto'
import { InferenceSession } from 'onnxruntime-node'
import { resolveBackbone } from '../dist/backbones/resolve-backbone.js'
import { calibrateRanges } from '../dist/engine/calibrate-ranges.js'
import { hasVnni } from '../dist/engine/has-vnni.js'
import { createSession } from '../dist/engine/onnx-session.js'
import { calibrationBatches } from '../dist/extract/calibration-batches.js'
import { codeGraph } from '../dist/extract/code-graph.js'
import { preprocessingOf } from '../dist/extract/code-identity.js'
import { inputSetup } from '../dist/extract/worker-setup.js'
import { quantizeGraph } from '../dist/graph/quantize.js'
import { scanFolder } from '../dist/images/scan-folder.js'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    models: {
      type: 'string',
      default: 'efficientnet-lite0,mobilenetv2:random,resnet50:random,inceptionv3:random,vgg16:random',
    },
    images: { type: 'string', default: '64' },
    batch: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string', default: '1,2' },
    reduce: { type: 'boolean', default: !hasVnni() },
    kernels: { type: 'boolean', default: false },
  },
})
if (!values.data) throw new Error('Usage: node scripts/measure-int8.mjs --data DIR')
const { root, files } = scanFolder(values.data)
const [images, batch, rounds] = [values.images, values.batch, values.rounds].map(Number)

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length
const sameBytes = (a, b) => Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))

function cosine(a, b) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0)
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1)
}

/** Means of the channels of one image's code, channels last. */
function pooled(code, channels) {
  const sums = new Float64Array(channels)
  for (let i = 0; i < code.length; i++) sums[i % channels] += code[i]
  return sums
}

/** Inputs of images that calibration does not see: [images, 3, size, size]. */
async function testInputs(setup, paths) {
  const parts = []
  let count = 0
  for await (const { data, dims } of calibrationBatches(setup, root, paths)) {
    parts.push(Float32Array.from(data))
    count += dims[0]
    if (count >= images) break
  }
  const inputs = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    inputs.set(part, at)
    at += part.length
  }
  return { inputs: inputs.subarray(0, Math.min(images, count) * 3 * setup.size ** 2), count: Math.min(images, count) }
}

/** The codes of all images, so many at a time: a row each. */
async function codesOf(session, { inputs, count }, size, step) {
  const length = 3 * size ** 2
  const rows = []
  let channels = 0
  for (let from = 0; from < count; from += step) {
    const n = Math.min(step, count - from)
    const { data, dims } = await session.run(inputs.subarray(from * length, (from + n) * length), [n, 3, size, size])
    channels = dims.at(-1)
    for (let i = 0; i < n; i++) rows.push(data.slice((i * data.length) / n, ((i + 1) * data.length) / n))
  }
  return { rows, channels }
}

/** What onnxruntime makes of a graph: how often each operator, com.microsoft's without their domain. */
async function kernelsOf(model) {
  const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-kernels-'))
  const optimizedModelFilePath = join(folder, 'optimized.onnx')
  await InferenceSession.create(model, { optimizedModelFilePath, graphOptimizationLevel: 'all', logSeverityLevel: 4 })
  const { graph } = proto.onnx.ModelProto.decode(readFileSync(optimizedModelFilePath))
  rmSync(folder, { recursive: true })
  const counts = {}
  for (const { opType } of graph.node) counts[opType] = (counts[opType] ?? 0) + 1
  return counts
}

/** Images per second of each model, in turn, `rounds` times. */
async function speeds(models, { inputs }, size, threads) {
  const sessions = []
  for (const model of models) sessions.push(await createSession(model, threads))
  const input = inputs.subarray(0, batch * 3 * size ** 2)
  const rates = sessions.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (const [at, session] of sessions.entries()) {
      const started = performance.now()
      await session.run(input, [batch, 3, size, size])
      if (round >= 0) rates[at].push((batch * 1000) / (performance.now() - started))
    }
  }
  for (const session of sessions) await session.release()
  const [float32, int8] = rates.map(median)
  return { threads, float32, int8, ratio: median(rates[1].map((rate, at) => rate / rates[0][at])) }
}

async function measure(spec) {
  const [name, weights] = spec.split(':')
  const backbone = await resolveBackbone(name, { weights })
  const setup = inputSetup({ backbone, preprocessing: preprocessingOf(backbone, {}) })
  const paths = (rest) => files.filter((_, at) => at % 2 === rest).map(({ path }) => path)
  const started = performance.now()
  const ranges = await calibrateRanges(backbone.graph, calibrationBatches(setup, root, paths(0)), { threads: 0 })
  const calibrated = performance.now()
  const int8 = quantizeGraph(backbone.graph, ranges, { reduceRange: values.reduce })
  const quantized = performance.now()
  const models = [await codeGraph(backbone), await codeGraph({ ...backbone, graph: int8 })]
  const test = await testInputs(setup, paths(1))
  const threads = values.threads.split(',').map(Number)
  const codes = []
  for (const [model, count, step] of [
    [models[0], 1, batch],
    [models[1], 1, batch],
    [models[1], 1, 1],
    [models[1], 2, 5],
  ]) {
    const session = await createSession(model, count)
    codes.push(await codesOf(session, test, setup.size, step))
    await session.release()
  }
  const [float, bytes, ...others] = codes
  const flat = float.rows.map((row, i) => cosine(row, bytes.rows[i]))
  const means = float.rows.map((row, i) => cosine(pooled(row, float.channels), pooled(bytes.rows[i], float.channels)))
  const speed = []
  for (const count of threads) speed.push(await speeds(models, test, setup.size, count))
  return {
    model: spec,
    size: setup.size,
    reduceRange: values.reduce,
    speed,
    flat: { mean: mean(flat), least: Math.min(...flat) },
    pooled: { mean: mean(means), least: Math.min(...means) },
    sameBytes: others.every(({ rows }) => rows.every((row, i) => sameBytes(row, bytes.rows[i]))),
    seconds: { calibrate: (calibrated - started) / 1000, quantize: (quantized - calibrated) / 1000 },
    megabytes: models.map((model) => model.length / 1e6),
    ...(values.kernels && { kernels: await kernelsOf(models[1]) }),
  }
}

const results = []
for (const spec of values.models.split(',')) {
  const result = await measure(spec)
  results.push(result)
  const speed = result.speed.map(({ threads, float32, int8, ratio }) => {
    return `${threads} thread${threads === 1 ? '' : 's'} ${float32.toFixed(1)} → ${int8.toFixed(1)} images/s (${ratio.toFixed(2)} ×)`
  })
  const [flat, means] = [result.flat, result.pooled].map((of) => `${of.mean.toFixed(4)} (least ${of.least.toFixed(4)})`)
  process.stderr.write(
    `${spec}: ${speed.join(', ')}; cosine flat ${flat}, pooled ${means}; same bytes: ${result.sameBytes}${result.kernels ? `; ${JSON.stringify(result.kernels)}` : ''}\n`,
  )
}
process.stdout.write(`${JSON.stringify({ cpu: cpus()[0]?.model, vnni: hasVnni(), results }, null, 2)}\n`)
