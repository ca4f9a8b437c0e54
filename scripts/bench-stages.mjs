/**
 * CPU milliseconds of one image in each stage of `codes`, measured alone: decode and resize (exact and fast), the same by sharp
 * alone, forward pass (float32 and int8). Each stage runs on all cores at once, as it does in `codes`, from images in memory.
 *
 * From these follows what the machine can do at best: cores / (CPU time of one decode + CPU time of one forward pass).
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { openSession } from '../dist/engine/open-session.js'
import { codeGraph } from '../dist/extract/code-graph.js'
import { inPrecisions } from '../dist/extract/in-precisions.js'
import { NetworkInputs } from '../dist/extract/network-inputs.js'
import { resolveTargets } from '../dist/extract/target.js'
import { inputSetup } from '../dist/extract/worker-setup.js'
import { configureSharp } from '../dist/images/decode.js'
import { scanFolder } from '../dist/images/scan-folder.js'
import { createKernels } from '../dist/kernels/kernels.js'
import { median } from './bench-tools.mjs'

const cores = availableParallelism()
// Eight images under way in each thread: two batches, as in `codes`.
const [batch, images, rounds] = [8, 512, 5]

/** One round of a stage in this thread: all images, batch by batch. */
async function stageOf({ kind, setup, model, files }) {
  const all = files.map((path) => readFileSync(path))
  const batches = Array.from({ length: Math.floor(all.length / batch) }, (_, at) => all.slice(at * batch, (at + 1) * batch))
  const wanted = [{ images: [...Array(batch).keys()], dtype: 'float16' }]
  if (kind === 'sharp') {
    const options = { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false }
    const one = (bytes) => sharp(bytes).resize(setup.size, setup.size, options).removeAlpha().raw().toBuffer()
    return async () => {
      for (const bytes of batches) await Promise.all(bytes.map(one))
    }
  }
  const inputs = new NetworkInputs([setup], createKernels())
  if (kind === 'decode')
    return async () => {
      for (const bytes of batches) inputs.release((await inputs.make({ images: bytes, wanted })).map(({ input }) => input.buffer))
    }
  const session = await openSession({ model, threads: 1 })
  const [made] = await inputs.make({ images: batches[0], wanted })
  const dims = setup.layout === 'nchw' ? [batch, 3, setup.size, setup.size] : [batch, setup.size, setup.size, 3]
  let memory = new Float32Array(0)
  return async () => {
    // A forward pass takes as long for one image as for another.
    for (const _ of batches) {
      const { data } = await session.run(made.input, dims, memory)
      if (memory.length < data.length) memory = new Float32Array(data.length)
    }
  }
}

async function work(port) {
  configureSharp()
  const round = await stageOf(workerData)
  port.on('message', async (message) => {
    if (message === 'end') return port.close()
    await round()
    port.postMessage('done')
  })
  port.postMessage('ready')
}

const answer = (worker) =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })

async function startStage(kind, { setup, model }, files) {
  const workers = Array.from(
    { length: cores },
    () => new Worker(fileURLToPath(import.meta.url), { workerData: { kind, setup, model, files } }),
  )
  await Promise.all(workers.map(answer))
  return {
    /** CPU milliseconds of one image. */
    async round() {
      const before = process.cpuUsage()
      for (const worker of workers) worker.postMessage('round')
      await Promise.all(workers.map(answer))
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000 / (cores * files.length)
    },
    end() {
      for (const worker of workers) worker.postMessage('end')
    },
  }
}

/** Measures the stages in turns, so that a busy moment of the machine meets all of them; medians. */
export async function measureStages({ data, cache }) {
  const scanned = scanFolder(data)
  const step = Math.max(1, Math.floor(scanned.files.length / images))
  const paths = scanned.files.filter((_, at) => at % step === 0).map(({ path }) => join(scanned.root, path))
  const files = paths.slice(0, Math.floor(Math.min(paths.length, images) / batch) * batch)
  const [exact, fast] = await resolveTargets({ decoders: ['exact', 'fast'] })
  const [float32, int8] = await inPrecisions([exact], scanned, { cache, precisions: ['float32', 'int8'], keep: true })
  const of = async (target) => ({ setup: inputSetup(target), model: await codeGraph(target.backbone) })
  const plain = await of(float32)
  const stages = {
    sharp: await startStage('sharp', plain, files),
    exact: await startStage('decode', plain, files),
    fast: await startStage('decode', await of(fast), files),
    float32: await startStage('forward', plain, files.slice(0, 64)),
    int8: await startStage('forward', await of(int8), files.slice(0, 128)),
  }
  const found = Object.fromEntries(Object.keys(stages).map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [name, stage] of Object.entries(stages)) {
      const milliseconds = await stage.round()
      if (round > 0) found[name].push(milliseconds) // the first warms up
    }
  }
  for (const stage of Object.values(stages)) stage.end()
  const cpu = Object.fromEntries(Object.entries(found).map(([name, times]) => [name, median(times)]))
  const limit = (decoder, precision) => (1000 * cores) / (cpu[decoder] + cpu[precision])
  return {
    cpuMilliseconds: cpu,
    decodeToSharp: { exact: cpu.exact / cpu.sharp, fast: cpu.fast / cpu.sharp },
    limits: {
      'float32, exact': limit('exact', 'float32'),
      'float32, fast': limit('fast', 'float32'),
      'int8, exact': limit('exact', 'int8'),
      'int8, fast': limit('fast', 'int8'),
    },
  }
}

if (!isMainThread && parentPort && workerData?.kind) await work(parentPort)
