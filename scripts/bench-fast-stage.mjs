#!/usr/bin/env node
/**
 * The fast stage's solvers beside what people use, in turn on one machine: node scripts/bench-fast-stage.mjs [SECTION …]
 *     --python PATH [--images 6400 --length 51200 --classes 101 --rounds 3]
 *
 * Sections: epochs (Adadelta and Adam by mini-batches of 32, beside torch and Keras, in turn), lbfgs (softmax to an objective not above
 * scikit-learn's at its default stop, with the Gram matrix and once it exists) and gram (the Gram matrix' products against one large
 * Gemm of onnxruntime); all unless some are named. The Python needs what these are measured against: torch and keras, scikit-learn.
 * Prints a line a section on standard error and one JSON object on standard output.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom, shuffle } from '../dist/base/random.js'
import { createGemm, matrix, rowsOf } from '../dist/engine/gemm.js'
import { crossEntropy } from '../dist/heads/convex/cross-entropy.js'
import { fitLinear } from '../dist/heads/fit-linear.js'
import { gramMatrix } from '../dist/heads/gram-matrix.js'
import { gramSpace } from '../dist/heads/gram-space.js'
import { softmaxLoss } from '../dist/heads/losses/softmax-loss.js'
import { Network } from '../dist/heads/network/network.js'
import { trainNetwork } from '../dist/heads/network/train-network.js'
import { machine, median, numberAfter, timed, withDefaults } from './bench-tools.mjs'

const sections = { epochs, lbfgs, gram }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: withDefaults({ python: 'python3', images: '6400', length: '51200', classes: '101', rounds: '3' }),
})
const unknown = positionals.find((name) => !(name in sections))
if (unknown) throw new Error(`Expected sections among ${Object.keys(sections).join(', ')}, got ${unknown}`)
const [images, length, classes] = [values.images, values.length, values.classes].map(Number)
const here = dirname(fileURLToPath(import.meta.url))
const peer = join(here, 'peer_lbfgs.py')
const folder = mkdtempSync(join(tmpdir(), 'cnn-codes-bench-'))
const results = {}
try {
  timed('env', ['-u', 'OPENBLAS_CORETYPE', values.python, peer, 'make', folder, values.images, values.length, values.classes])
  for (const name of positionals.length > 0 ? positionals : Object.keys(sections)) {
    results[name] = await sections[name]()
    process.stderr.write(`${name}: ${JSON.stringify(results[name])}\n`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(`${JSON.stringify({ ...machine, images, length, classes, ...results })}\n`)

/** The numbers of a .npy file behind its header. */
function readNpy(name, numbers) {
  const file = openSync(join(folder, name), 'r')
  const header = Buffer.alloc(10)
  readSync(file, header, 0, 10, 0)
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  const step = 2 ** 30
  for (let at = 0; at < bytes.length; at += step)
    readSync(file, bytes, at, Math.min(step, bytes.length - at), 10 + header.readUInt16LE(8) + at)
  closeSync(file)
  return numbers
}

async function secondsOf(work) {
  const [started, before] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return { result, seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 }
}

/** The Gram matrix of the first rows of codes, kept in a cache as train-head keeps it. */
function gramOf(codes, gemm, fingerprint) {
  const names = Array.from({ length: codes.rows }, (_, row) => row.toString(16).padStart(64, '0'))
  const read = (some, out = new Float32Array(some.length * codes.columns)) => {
    for (const [at, name] of some.entries())
      out.set(rowsOf(codes, Number.parseInt(name, 16), Number.parseInt(name, 16) + 1).data, at * codes.columns)
    return out
  }
  const key = { fingerprint, pool: 'none' }
  return gramMatrix({ gemm, cache: folder, key, reader: { length: codes.columns, read }, images: names })
}

/** Seconds an epoch: medians over the rounds, in each of which everybody trains twice and the second epoch counts. */
async function epochs() {
  const results = {}
  for (const optimizer of ['adadelta', 'adam']) {
    const seconds = { ours: [], torch: [], keras: [] }
    for (let round = 0; round < Number(values.rounds); round++) {
      seconds.ours.push(await ourEpoch(optimizer))
      for (const framework of ['torch', 'keras']) {
        const { stdout } = timed(values.python, [join(here, 'peer_epochs.py'), framework, optimizer, folder, '2'])
        seconds[framework].push(numberAfter('seconds', stdout.trim().split('\n').at(-1)))
      }
    }
    const [ours, torch, keras] = [seconds.ours, seconds.torch, seconds.keras].map(median)
    results[optimizer] = { seconds, ours, torch, keras, timesTorch: torch / ours, timesKeras: keras / ours }
  }
  return results
}

/** The second epoch of one softmax layer on all codes. */
async function ourEpoch(name) {
  const buffer = new SharedArrayBuffer(4 * images * length)
  readNpy('codes.npy', new Float32Array(buffer))
  const loss = softmaxLoss({ labels: readNpy('labels.npy', new Int32Array(images)), classes })
  const samples = Int32Array.from({ length: images }, (_, row) => row)
  const window = { dtype: 'float32', columns: length, rows: images, buffer, samples }
  const train = {
    samples: images,
    async *windows(epoch) {
      const order = samples.slice()
      shuffle(order, seededRandom(epoch))
      yield { ...window, order }
    },
  }
  const network = await Network.create({ layers: [], inputs: length, outputs: classes, optimizer: { name }, seed: 0 })
  const ends = [performance.now()]
  const how = { epochs: 2, batch: 32, rate: { adadelta: 1, adam: 0.001 }[name], schedule: 'constant', seed: 0, penalty: { l1: 0, l2: 0 } }
  await trainNetwork(network, { train, validation: undefined, loss, ...how, onEpoch: async () => void ends.push(performance.now()) })
  await network.close()
  return (ends[2] - ends[1]) / 1000
}

async function lbfgs() {
  const { stdout } = timed('env', ['-u', 'OPENBLAS_CORETYPE', values.python, peer, 'fit', folder])
  const theirs = {
    seconds: numberAfter('seconds', stdout),
    cpu: numberAfter('cpu', stdout),
    iterations: numberAfter('iterations', stdout),
    objective: numberAfter('objective', stdout),
  }
  const codes = matrix(images, length, readNpy('codes.npy', new Float32Array(images * length)))
  const labels = readNpy('labels.npy', new Int32Array(images))
  const gemm = createGemm()
  const gram = await secondsOf(() => gramOf(codes, gemm, 'lbfgs'))
  // The first of ever tighter tolerances that is enough; it alone is timed.
  for (let tolerance = 1e-2; ; tolerance /= 3) {
    const { result, seconds, cpu } = await secondsOf(async () => {
      const space = await gramSpace(gemm, gram.result.matrix)
      return fitLinear(space, crossEntropy(labels, classes), { l2: 1 / (2 * images), tolerance, maxIterations: 1000 })
    })
    const { objective, iterations, accuracy, converged } = result
    if (objective > theirs.objective && converged) continue
    const ours = { gram: gram.seconds, gramCpu: gram.cpu, seconds, cpu, iterations, objective, accuracy, converged, tolerance }
    const times = { withGram: theirs.seconds / (gram.seconds + seconds), onceItExists: theirs.seconds / seconds }
    // Of all cores together: what other programs take does not count.
    const cpuTimes = { withGram: theirs.cpu / (gram.cpu + cpu), onceItExists: theirs.cpu / cpu }
    return { ours, theirs, times, cpuTimes }
  }
}

async function gram() {
  const rows = Math.min(images, 3200)
  const all = readNpy('codes.npy', new Float32Array(images * length))
  const codes = rowsOf(matrix(images, length, all), 0, rows)
  const plain = createGemm()
  let [flops, seconds] = [0, 0]
  const counted = async (a, b, options) => {
    const made = await secondsOf(() => plain(a, b, options))
    flops += 2 * a.rows * b.rows * length
    seconds += made.seconds
    return made.result
  }
  const large = () => secondsOf(() => plain(codes, codes, { transposeB: true, out: new Float32Array(rows ** 2) }))
  await plain(rowsOf(codes, 0, 8), rowsOf(codes, 0, 8), { transposeB: true })
  const before = await large()
  const whole = await secondsOf(() => gramOf(codes, counted, 'gram'))
  const after = await large()
  const one = (2 * rows ** 2 * length) / Math.min(before.seconds, after.seconds)
  const gigaflops = { oneGemm: one / 1e9, products: flops / seconds / 1e9, effective: (2 * rows ** 2 * length) / whole.seconds / 1e9 }
  return { rows, gigaflops, productsOverOne: gigaflops.products / gigaflops.oneGemm }
}
